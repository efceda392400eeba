import { isMusterError } from '@muster/common'
import { follow } from '@muster/notifications'
import type { Change, ChangeFilter } from '@muster/notifications'
import type { Response } from 'express'

import type { OpenHistory } from './history.js'
import { PatientWriter } from './patient-writer.js'

export interface ChangeStreamOptions {
  /** The number after which to begin; default: the next change. */
  readonly after: number | undefined
  readonly filter: ChangeFilter
  /** The event of a change, whole; undefined: this client is not told of it. */
  readonly write: (change: Change) => string | undefined
  readonly heartbeatMs?: number | undefined
  /** A client that takes nothing for so long is cut. */
  readonly stalledMs?: number | undefined
}

/** An event as Server-Sent Events have it; its id is the number of the change, so that a client can go on after it. */
export const eventOf = (seq: number, event: string, data: object): string => `id: ${seq}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`

/**
 * Tells one client the changes of a log, as long as it is there. The log is its buffer: a client that reads slowly costs a page, and misses nothing that
 * is kept; what is no longer kept is told as a gap, in its place.
 */
export class ChangeStream {
  readonly #history: OpenHistory
  readonly #res: Response
  readonly #options: ChangeStreamOptions
  readonly #over = new AbortController()
  readonly #writer: PatientWriter

  constructor(history: OpenHistory, res: Response, options: ChangeStreamOptions) {
    this.#history = history
    this.#res = res
    this.#options = options
    this.#writer = new PatientWriter(res, this.#over, options.stalledMs)
  }

  /** Ends the stream: the client comes again elsewhere. */
  end(): void {
    this.#over.abort()
  }

  /** Resolves when the client is gone, or the stream has ended. */
  async run(): Promise<void> {
    const res = this.#res
    res.once('close', () => this.end())
    try {
      await this.#tell()
    } catch (error) {
      // The client is gone; or the database is away: then the client comes again, and goes on after its last id.
      if (!isMusterError(error) && !this.#over.signal.aborted) throw error
    } finally {
      if (!res.closed) res.end()
    }
  }

  async #tell(): Promise<void> {
    const { after, filter, write, heartbeatMs: everyMs = 15_000 } = this.#options
    for await (const { gap, changes } of follow(this.#history, { after, filter, everyMs, signal: this.#over.signal })) {
      if (gap) await this.#writer.write(eventOf(gap.seq, 'gap', gap.gap ?? {}))
      else if (changes.length === 0) this.#writer.heartbeat()
      await this.#writer.write(changes.map((change) => write(change) ?? '').join(''))
    }
  }
}

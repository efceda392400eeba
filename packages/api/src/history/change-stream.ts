import { once } from 'node:events'

import { isMusterError } from '@muster/common'
import { Bell, missing } from '@muster/notifications'
import type { Change } from '@muster/notifications'
import type { Response } from 'express'

import type { OpenHistory } from './history.js'

export interface ChangeStreamOptions {
  /** The number after which to begin; default: the next change. */
  readonly after: number | undefined
  /** The event of a change, whole; undefined: this client is not told of it. */
  readonly write: (change: Change) => string | undefined
  readonly heartbeatMs?: number | undefined
  /** A client that takes nothing for so long is cut. */
  readonly stalledMs?: number | undefined
}

const atOnce = 200
const comment = ':\n\n'

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
  readonly #bell = new Bell()
  readonly #over = new AbortController()

  constructor(history: OpenHistory, res: Response, options: ChangeStreamOptions) {
    this.#history = history
    this.#res = res
    this.#options = options
  }

  /** Ends the stream: the client comes again elsewhere. */
  end(): void {
    this.#over.abort()
  }

  /** Resolves when the client is gone, or the stream has ended. */
  async run(): Promise<void> {
    const { tail } = this.#history
    const res = this.#res
    res.once('close', () => this.end())
    const stopListening = tail.onAdded(() => this.#bell.ring())
    try {
      await this.#tell()
    } catch (error) {
      if (!isMusterError(error)) throw error // the database is away: the client comes again, and goes on after its last id
    } finally {
      stopListening()
      if (!res.closed) res.end()
    }
  }

  async #tell(): Promise<void> {
    const { signal } = this.#over
    const { write, heartbeatMs = 15_000 } = this.#options
    let cursor = this.#options.after ?? this.#history.tail.lastSeq ?? (await this.#history.log.read({}, { limit: 1, signal })).lastSeq
    await this.#send(comment)
    while (!signal.aborted) {
      this.#bell.hear()
      const { changes, gap } = await this.#next(cursor, signal)
      if (gap) await this.#send(eventOf(gap.seq, 'gap', gap.gap ?? {}))
      const last = changes.at(-1)?.seq ?? gap?.seq
      if (last === undefined) {
        const before = performance.now()
        await this.#bell.wait(heartbeatMs, signal)
        if (performance.now() - before >= heartbeatMs) await this.#send(comment)
        continue
      }
      cursor = last
      await this.#send(changes.map((change) => write(change) ?? '').join(''))
    }
  }

  /** What comes after a number: from memory, else from the log. */
  async #next(cursor: number, signal: AbortSignal): Promise<{ changes: readonly Change[]; gap?: Change | undefined }> {
    const near = this.#history.tail.after(cursor)
    if (near) return { changes: near.slice(0, atOnce) }
    const { changes, firstSeq } = await this.#history.log.read({}, { after: cursor, limit: atOnce, signal })
    return { changes, gap: firstSeq > cursor + 1 ? missing(cursor + 1, firstSeq - 1) : undefined }
  }

  async #send(text: string): Promise<void> {
    if (text === '' || this.#res.write(text)) return
    const { stalledMs = 60_000 } = this.#options
    try {
      await once(this.#res, 'drain', { signal: AbortSignal.any([this.#over.signal, AbortSignal.timeout(stalledMs)]) })
    } catch {
      if (!this.#over.signal.aborted) this.#res.destroy() // it reads nothing
      this.#over.abort()
    }
  }
}

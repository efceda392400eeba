import { setTimeout as delay } from 'node:timers/promises'

import { BackendUnreachable, isMusterError, messageOf } from '@muster/common'
import type { Logger } from '@muster/common'
import { parseHistoryUrl } from '@muster/database/history'

const [firstBackoffMs, longestBackoffMs] = [200, 10_000]

/** What is kept in a database that may be away: it is tried until it is open, and the server serves all the same. */
export class LateDatabase<Content> {
  readonly #shown: string
  readonly #what: string
  readonly #logger: Logger
  readonly #closing = new AbortController()
  #opening: Promise<void> | undefined
  #content: Content | undefined
  #failure: unknown

  /** `what`: what is kept, in a word. @throws InvalidArgument for a URL that is wrong */
  constructor(url: string, what: string, logger: Logger) {
    this.#shown = parseHistoryUrl(url).shown
    this.#what = what
    this.#logger = logger
  }

  begin(open: (signal: AbortSignal) => Promise<Content>): void {
    this.#opening ??= this.#openUntilDone(open)
  }

  get opened(): Content | undefined {
    return this.#content
  }

  /** Why it could not be opened, the last time. */
  get failure(): string | undefined {
    return this.#failure === undefined ? undefined : messageOf(this.#failure)
  }

  /** @throws BackendUnreachable while it is not open */
  get content(): Content {
    if (this.#content !== undefined) return this.#content
    throw new BackendUnreachable(this.#shown, this.failure ?? 'it is being opened', { cause: this.#failure, hint: `The ${this.#what} is in this database; lists and changes of services do not need it.` })
  }

  /** Tries no more. Resolves with what is open, for the caller to close. */
  async stop(): Promise<Content | undefined> {
    this.#closing.abort()
    await this.#opening
    return this.#content
  }

  async #openUntilDone(open: (signal: AbortSignal) => Promise<Content>): Promise<void> {
    const { signal } = this.#closing
    for (let backoffMs = firstBackoffMs; !signal.aborted; backoffMs = Math.min(backoffMs * 2, longestBackoffMs)) {
      try {
        this.#content = await open(signal)
        return
      } catch (error) {
        if (this.#closing.signal.aborted || isMusterError(error, 'closed')) return
        this.#failure = error
        this.#logger.error({ err: error, database: this.#shown }, `the ${this.#what} cannot be opened, trying again`)
        await delay(backoffMs * (0.5 + Math.random()), undefined, { ref: false, signal }).catch(() => undefined)
      }
    }
  }
}

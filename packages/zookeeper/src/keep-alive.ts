import { longestTimerMs } from '@muster/common'

import type { Request } from './request.js'
import type { Watches } from './watches.js'

/**
 * Keeps the process alive while somebody waits: for a call, for an event, for the client to be closed. Sockets and timers
 * do not: whoever waits for nothing may end.
 */
export class KeepAlive {
  readonly #handle = setInterval(() => {}, longestTimerMs).unref()
  #openRequests = 0
  #isClosing = false
  #isSet = false

  constructor(private readonly watches: Watches) {}

  /** Counts a request until it has ended. */
  follow(request: Request): void {
    if (request.settled) return
    this.#openRequests += 1
    request.onEnd = this.#onEnd
    this.review()
  }

  /** To be called when watches have gone. */
  review(): void {
    const isSet = this.#openRequests > 0 || this.#isClosing || !this.watches.isEmpty
    if (isSet === this.#isSet) return
    this.#isSet = isSet
    if (isSet) this.#handle.ref()
    else this.#handle.unref()
  }

  beginClosing(): void {
    this.#isClosing = true
    this.review()
  }

  end(): void {
    clearInterval(this.#handle)
  }

  readonly #onEnd = (): void => {
    this.#openRequests -= 1
    this.review()
  }
}

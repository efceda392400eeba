import { setTimeout as delay } from 'node:timers/promises'

const firstPauseMs = 25
const longestPauseMs = 1000
/** An ensemble that was there a moment ago chooses a new leader in less than a second: who pauses for long comes back late. */
const electionMs = 2000
const electionPauseMs = 60

/** How long to wait before the next server is dialled: not at all while there is one not yet tried, then ever longer, never two clients alike. */
export class Backoff {
  #failures = 0
  #isSkipped = false
  /** When the last connection of worth ended. */
  #provedUntil = -Infinity

  constructor(
    private readonly servers: number,
    private readonly sessionTimeoutMs: number,
  ) {}

  /** Forgets the failures; only once a connection has proved its worth, else a server that cuts each new one would be dialled without a pause. */
  reset(): void {
    this.#failures = 0
    this.#provedUntil = performance.now()
  }

  /** Leaves out the next pause, and forgets no failure: a server has answered, and what it said is to be followed. */
  skip(): void {
    this.#isSkipped = true
  }

  /** Resolves after the pause; rejects when `signal` aborts. */
  async pause(signal: AbortSignal): Promise<void> {
    if (this.#isSkipped) {
      this.#isSkipped = false
      return
    }
    const round = Math.floor(this.#failures / this.servers)
    this.#failures += 1
    const longest = performance.now() < this.#provedUntil + electionMs ? electionPauseMs : Math.min(longestPauseMs, this.sessionTimeoutMs / 4)
    const most = round === 0 ? firstPauseMs / 2 : Math.min(longest, firstPauseMs * 2 ** round)
    await delay(most * (round === 0 ? Math.random() : 0.5 + Math.random() / 2), undefined, { ref: false, signal })
  }
}

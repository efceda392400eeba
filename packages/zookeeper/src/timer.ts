import { longestTimerMs } from '@muster/common'
/** One timer for everything that is due at some moment: it rings at the earliest of them, then what rings asks anew. */
export class Timer {
  #handle: NodeJS.Timeout | undefined
  #at = Infinity
  #stopped = false

  constructor(private readonly ring: () => void) {}

  /** Rings at `at` (on `performance.now()`) at the latest. */
  before(at: number): void {
    if (this.#stopped || at >= this.#at) return
    clearTimeout(this.#handle)
    this.#at = at
    this.#handle = setTimeout(() => this.#ringNow(), Math.max(0, Math.min(longestTimerMs, Math.ceil(at - performance.now())))).unref()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#handle)
  }

  #ringNow(): void {
    this.#at = Infinity
    this.#handle = undefined
    if (!this.#stopped) this.ring()
  }
}

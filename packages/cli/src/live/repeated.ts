import { setTimeout as delay } from 'node:timers/promises'

/** Does something again and again, whenever it is asked for, one at a time and not too often. */
export class Repeated {
  #isAsked = false
  #wake: () => void = () => {}

  ask(): void {
    this.#isAsked = true
    this.#wake()
  }

  /** Resolves when `signal` aborts and nothing runs any more. @throws what `act` throws */
  async run(act: () => Promise<void>, pauseMs: number, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true })
    for (;;) {
      const asked = new Promise<void>((resolve) => (this.#wake = resolve))
      if (!this.#isAsked && !signal.aborted) await asked
      if (signal.aborted) return
      this.#isAsked = false
      await act()
      await delay(pauseMs, undefined, { signal }).catch(() => {})
    }
  }
}

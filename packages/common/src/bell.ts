import { longestTimerMs } from './durations.js'
import { onAbort } from './on-abort.js'

/** Wakes the one who waits. What rings while nobody waits is not missed: the next wait is over at once. */
export class Bell {
  readonly #keepsAlive: boolean
  #hasRung = false
  #wake: () => void = () => {}

  /** `keepsAlive`: whether the process stays while somebody waits; default false. */
  constructor({ keepsAlive = false }: { readonly keepsAlive?: boolean | undefined } = {}) {
    this.#keepsAlive = keepsAlive
  }

  ring(): void {
    this.#hasRung = true
    this.#wake()
  }

  /** What has rung so far has been heard: to be called before looking at what it rings for. */
  hear(): void {
    this.#hasRung = false
  }

  /** Resolves when it has rung, after `timeoutMs`, or when `signal` aborts; false when nothing but time has passed. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.#hasRung || signal.aborted) return true
    return new Promise<boolean>((resolve) => {
      const end = (isCalled: boolean): void => {
        clearTimeout(timer)
        stopListening()
        resolve(isCalled)
      }
      const timer = setTimeout(() => end(false), Math.min(Math.max(0, timeoutMs), longestTimerMs))
      if (!this.#keepsAlive) timer.unref()
      const stopListening = onAbort(signal, () => end(true))
      this.#wake = () => end(true)
    })
  }
}

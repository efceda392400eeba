import { longestTimerMs, onAbort } from '@muster/common'

/** The caller's signal and a time limit in one signal. Keeps the process alive while it runs; disposing of it ends it. */
export class Deadline implements Disposable {
  #controller: AbortController | undefined
  #reason: unknown
  #hasEnded = false
  #isOver = false
  readonly #isLimited: boolean
  readonly #stopListening: (() => void) | undefined
  readonly #timer: NodeJS.Timeout | undefined

  /** Without `ms` only the caller's signal ends it. */
  constructor(ms: number | undefined, given?: AbortSignal) {
    this.#isLimited = ms !== undefined || given !== undefined
    const giveUp = (): void => this.abort(given?.reason)
    if (given) this.#stopListening = onAbort(given, giveUp)
    if (given?.aborted) giveUp()
    if (ms !== undefined) this.#timer = setTimeout(() => this.#runOut(), Math.min(Math.max(0, ms), longestTimerMs))
  }

  /** The time has run out; not when the caller gave up before. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Made when it is asked for: a signal costs more than all else in a wait that need not wait. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#hasEnded) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** For calls that end by themselves: the signal, if the caller has set any limit. */
  get signalIfLimited(): AbortSignal | undefined {
    return this.#isLimited ? this.signal : undefined
  }

  /** Why it ended, if it did before its time ran out. */
  get reason(): unknown {
    return this.#reason
  }

  /** Ends the wait for another reason than the time. */
  abort(reason: unknown): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#reason = reason
    this.#controller?.abort(reason)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#stopListening?.()
  }

  #runOut(): void {
    this.#isOver = !this.#hasEnded
    this.abort(undefined)
  }
}

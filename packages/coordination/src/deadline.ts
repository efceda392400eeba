import { onAbort } from '@muster/common'

/** The caller's signal and a time limit in one signal. Keeps the process alive while it runs; disposing of it ends it. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal
  readonly #controller = new AbortController()
  readonly #stopListening: (() => void) | undefined
  readonly #timer: NodeJS.Timeout | undefined
  #isOver = false

  /** Without `ms` only the caller's signal ends it. */
  constructor(ms: number | undefined, given?: AbortSignal) {
    this.signal = this.#controller.signal
    const giveUp = (): void => this.#controller.abort(given?.reason)
    if (given) this.#stopListening = onAbort(given, giveUp)
    if (given?.aborted) giveUp()
    if (ms !== undefined) this.#timer = setTimeout(() => this.#end(), Math.min(Math.max(0, ms), longestTimerMs))
  }

  /** The time has run out; not when the caller gave up before. */
  get isOver(): boolean {
    return this.#isOver
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#stopListening?.()
  }

  /** Ends the wait for another reason than the time. */
  abort(reason: Error): void {
    this.#controller.abort(reason)
  }

  #end(): void {
    this.#isOver = !this.signal.aborted
    this.#controller.abort()
  }
}

/** More, and Node would call at once. */
const longestTimerMs = 2 ** 31 - 1

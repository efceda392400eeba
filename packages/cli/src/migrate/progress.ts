import type { Io } from '../io.js'

const pauseMs = 100
const clearLine = '\r\u001b[K'

/** How far it is, on one line of a terminal; nothing elsewhere. */
export class Progress {
  readonly #io: Io
  readonly #of: number
  #toldAt = -Infinity
  #isShown = false

  constructor(io: Io, of: number) {
    this.#io = io
    this.#of = of
  }

  tell(done: number): void {
    if (this.#io.columns === undefined || performance.now() - this.#toldAt < pauseMs) return
    this.#toldAt = performance.now()
    this.#isShown = true
    this.#io.writeError(`${clearLine}svc: ${done} of ${this.#of}`)
  }

  /** Takes the line away. */
  end(): void {
    if (this.#isShown) this.#io.writeError(clearLine)
    this.#isShown = false
  }
}

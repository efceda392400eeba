import { constants } from 'node:os'

/** Aborts at the first TERM or INT; the next one finds no listener any more and ends the process at once. */
export class StopSignals implements Disposable {
  readonly #stopping = new AbortController()
  /** 128+n of the signal that came. */
  status: number | undefined
  readonly #onSignal = (name: NodeJS.Signals): void => {
    this.status = 128 + constants.signals[name]
    this[Symbol.dispose]()
    this.#stopping.abort()
  }

  constructor() {
    process.on('SIGTERM', this.#onSignal).on('SIGINT', this.#onSignal)
  }

  get signal(): AbortSignal {
    return this.#stopping.signal
  }

  [Symbol.dispose](): void {
    process.off('SIGTERM', this.#onSignal).off('SIGINT', this.#onSignal)
  }
}

/** Keeps the process alive while it is set. Sockets and timers do not: whoever waits for nothing may end. */
export class KeepAlive {
  readonly #handle = setInterval(() => {}, 0x7fff_ffff).unref()
  #isSet = false

  set(isSet: boolean): void {
    if (isSet === this.#isSet) return
    this.#isSet = isSet
    if (isSet) this.#handle.ref()
    else this.#handle.unref()
  }

  end(): void {
    clearInterval(this.#handle)
  }
}

import { isMusterError, onAbort } from '@muster/common'

interface Waiting {
  readonly since: number
  start(): void
  fail(error: Error): void
}

/**
 * Sends commits in the order of their calls. Usually each goes out at once behind the others; one that may take several
 * requests goes alone, and those called meanwhile wait.
 */
export class CommitOrder {
  readonly #waiting = new Set<Waiting>()
  #isTaken = false

  /** @param patienceMs whoever has waited so long behind a commit that could not reach the backend fails with it */
  constructor(private readonly patienceMs: () => number) {}

  /** True when nothing is before the next one. */
  get isFree(): boolean {
    return !this.#isTaken && this.#waiting.size === 0
  }

  /** Calls `send` when it is its turn: within this call if nothing is before it. @throws the signal's reason if it aborts earlier */
  next<T>(send: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.isFree ? send() : this.#wait(send, signal)
  }

  /** As `next`; later ones wait until it has settled. */
  alone<T>(send: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.next(() => this.#takeTurn(send), signal)
  }

  /** Which of both is said when its turn has come: what it needs may be there by then. */
  either<T>(isAlone: () => boolean, alone: () => Promise<T>, next: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.next(() => (isAlone() ? this.#takeTurn(alone) : next()), signal)
  }

  async #takeTurn<T>(send: () => Promise<T>): Promise<T> {
    this.#isTaken = true
    try {
      return await send()
    } catch (error) {
      if (isMusterError(error, 'backend_unreachable')) this.#failThosePatient(error)
      throw error
    } finally {
      this.#isTaken = false
      this.#goOn()
    }
  }

  #wait<T>(send: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error)
        return
      }
      const leave = (act: () => void): void => {
        this.#waiting.delete(waiting)
        stopListening?.()
        act()
      }
      const stopListening = signal && onAbort(signal, () => leave(() => reject(signal.reason as Error)))
      const waiting: Waiting = {
        since: performance.now(),
        start: () => leave(() => void send().then(resolve, reject)),
        fail: (error) => leave(() => reject(error)),
      }
      this.#waiting.add(waiting)
    })
  }

  #goOn(): void {
    for (const waiting of this.#waiting) {
      if (this.#isTaken) return
      waiting.start()
    }
  }

  #failThosePatient(error: Error): void {
    const now = performance.now()
    for (const waiting of this.#waiting) if (now - waiting.since >= this.patienceMs()) waiting.fail(error)
  }
}

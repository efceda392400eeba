import { once } from 'node:events'

import type { Response } from 'express'

const comment = ':\n\n'

/** Writes to one client no faster than it reads. One that takes nothing for so long is cut. */
export class PatientWriter {
  readonly #res: Response
  readonly #over: AbortController
  readonly #stalledMs: number
  #isWaiting = false

  /** `over` is aborted when the client was cut; once it is, nobody waits. */
  constructor(res: Response, over: AbortController, stalledMs = 60_000) {
    this.#res = res
    this.#over = over
    this.#stalledMs = stalledMs
  }

  /** Resolves when the client can take more, or is gone. */
  async write(text: string): Promise<void> {
    if (text === '' || this.#res.write(text)) return
    this.#isWaiting = true
    try {
      await once(this.#res, 'drain', { signal: AbortSignal.any([this.#over.signal, AbortSignal.timeout(this.#stalledMs)]) })
    } catch {
      if (!this.#over.signal.aborted) this.#res.destroy() // it reads nothing
      this.#over.abort()
    } finally {
      this.#isWaiting = false
    }
  }

  /** A sign of life, unless the client has yet to read what it was told. */
  heartbeat(): void {
    if (!this.#isWaiting && !this.#res.writableEnded && !this.#res.destroyed) this.#res.write(comment)
  }
}

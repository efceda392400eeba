import { isMusterError } from '@muster/common'

import { Ephemerals } from './ephemerals.js'
import { getEphemerals } from './operations.js'
import type { Operation } from './operations.js'
import type { Paths } from './paths.js'
import type { Ask } from './reads.js'
import type { RequestOptions } from './request.js'
import type { Session } from './session.js'

/** The ephemeral nodes of the session there is: counts them as requests create and delete them, and keeps to the limits. */
export class OwnNodes {
  readonly #counted: Ephemerals
  #epoch = 1
  #recount: Promise<void> | undefined

  constructor(
    private readonly ask: Ask,
    private readonly paths: Paths,
    session: Session,
  ) {
    this.#counted = new Ephemerals(Buffer.byteLength(paths.chroot))
    session.onState(({ state, epoch }) => {
      if (state !== 'connected' || epoch === this.#epoch) return
      this.#epoch = epoch
      this.#counted.replace([])
    })
  }

  get areThere(): boolean {
    return this.#counted.size > 0
  }

  /** Asks for what creates ephemeral nodes at `paths`. They count from now on; while the outcome is unknown they count as well. */
  create<T>(operation: Operation<T>, paths: readonly string[], created: (value: T) => readonly string[], options: RequestOptions): Promise<T> {
    if (this.#counted.isFullFor(paths)) return this.#whenCounted(paths, () => this.create(operation, paths, created, options))
    const release = this.#counted.reserve(paths)
    const before = operation.ended?.bind(operation)
    operation.ended = (error, value) => {
      before?.(error, value)
      release()
      const there = value !== undefined ? created(value) : isMusterError(error, 'outcome_unknown') ? paths : []
      for (const path of there) this.#counted.add(path)
    }
    return this.ask(operation, options)
  }

  /** They are gone, if they ever were its own. */
  deleted(paths: readonly string[]): void {
    for (const path of paths) this.#counted.delete(path)
  }

  /** Asks the server how many there are before it refuses: others may have deleted some. */
  async #whenCounted<T>(paths: readonly string[], ask: () => Promise<T>): Promise<T> {
    await (this.#recount ??= this.#countAgain())
    if (this.#counted.isFullFor(paths)) this.#counted.refuse(paths.length)
    return ask()
  }

  async #countAgain(): Promise<void> {
    try {
      await this.ask({ ...getEphemerals(this.paths), ended: (_error, there) => there && this.#counted.replace(there) })
    } finally {
      this.#recount = undefined
    }
  }
}

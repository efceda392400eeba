import { RemoteProcess } from '@muster/testkit'

import type { Done, Joins, WriterFunctions } from './writer-process.js'

export const changesPerSecond = 200

/** Workers, and one who changes their services, in a process of their own; disposing of it ends it. */
export class Writer implements AsyncDisposable {
  readonly #process: RemoteProcess<WriterFunctions>

  constructor(backend: string) {
    this.#process = new RemoteProcess(new URL('writer-process.js', import.meta.url), [backend])
  }

  /** Resolves when all have joined. */
  async join(joins: Joins): Promise<Done> {
    await this.#process.call('beginJoins', joins)
    return this.#done()
  }

  /** As `join`, by this one process on one session. Their services are not there yet. */
  async joinAsMany(joins: Joins): Promise<Done> {
    await this.#process.call('beginJoinsAsMany', joins)
    return this.#done()
  }

  /** Changes services. Resolves when all is done. */
  async change(count: number): Promise<Done> {
    await this.#process.call('beginUpdates', { count, perSecond: changesPerSecond })
    return this.#done()
  }

  async #done(): Promise<Done> {
    for (;;) {
      const done = await this.#process.call('wait')
      if (done) return done
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]()
  }
}

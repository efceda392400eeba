import type { ServiceGroup, WorkerChange } from '@muster/servicegroup'

const describe = (change: WorkerChange): string => (change.type === 'left' ? `left ${change.before.name}` : `${change.type} ${change.worker.name}`)

/** Follows the workers of a group and keeps what is told of them: `joined NAME`, `updated NAME` or `left NAME`, in order. */
export class ToldChanges implements AsyncDisposable {
  readonly lines: string[] = []
  readonly #abort = new AbortController()
  readonly #ended: Promise<void>

  constructor(serviceGroup: ServiceGroup, group: string) {
    this.#ended = this.#follow(serviceGroup.watchWorkers({ group }, { signal: this.#abort.signal }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#ended
  }

  async #follow(changes: AsyncIterable<readonly WorkerChange[]>): Promise<void> {
    for await (const batch of changes) this.lines.push(...batch.map(describe))
  }
}

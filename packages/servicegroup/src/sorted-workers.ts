import type { Worker, WorkerChange } from './worker.js'
import { compareWorkers } from './worker-filter.js'

/** Every worker, in the order of lists. A change costs nothing until somebody asks; then all since the last question are merged at once. */
export class SortedWorkers {
  #list: readonly Worker[]
  readonly #added = new Set<Worker>()
  readonly #removed = new Set<Worker>()

  constructor(workers: Iterable<Worker>) {
    this.#list = [...workers].sort(compareWorkers)
  }

  /** What a change tells as `before` must be the object that is listed. */
  apply(change: WorkerChange): void {
    if (change.type !== 'joined' && !this.#added.delete(change.before)) this.#removed.add(change.before)
    if (change.type !== 'left') this.#added.add(change.worker)
  }

  /** The same array until something changes. */
  list(): readonly Worker[] {
    if (this.#added.size > 0 || this.#removed.size > 0) {
      // The rest is sorted already, which the engine's sort makes use of: one comparison for each worker, not fourteen.
      this.#list = this.#list
        .filter((worker) => !this.#removed.has(worker))
        .concat([...this.#added])
        .sort(compareWorkers)
      this.#added.clear()
      this.#removed.clear()
    }
    return this.#list
  }
}

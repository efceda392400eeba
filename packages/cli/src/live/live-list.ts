import { compareWorkers } from '@muster/servicegroup'
import type { Worker, WorkerChange } from '@muster/servicegroup'

/** What has just happened to a row. */
export type Mark = WorkerChange['type']

export interface LiveRow {
  readonly worker: Worker
  readonly mark?: Mark
}

interface Marked extends LiveRow {
  /** Until then, in ms, it is marked; one that has left is shown for so long. */
  readonly until: number
}

/** How long a change is to be seen. */
const markedForMs = 4000

const keyOf = ({ group, memberId }: Worker): string => `${group}/${memberId}`

/** The workers as a watch tells them, with those that came, changed or went a moment ago marked. */
export class LiveList {
  readonly #rows = new Map<string, Marked>()
  #living = 0
  #isKnown = false
  #sorted: LiveRow[] | undefined

  /** How many are alive; the rows have those that have just left as well. */
  get size(): number {
    return this.#living
  }

  /** False while nobody can say who is alive. */
  get isKnown(): boolean {
    return this.#isKnown
  }

  /** The first list, of which nothing is news. */
  begin(changes: readonly WorkerChange[]): void {
    this.#isKnown = true
    for (const change of changes) if (change.type === 'joined') this.#set(change.worker, { worker: change.worker, until: 0 })
  }

  apply(changes: readonly WorkerChange[], now: number): void {
    for (const change of changes) {
      const worker = change.type === 'left' ? change.before : change.worker
      this.#set(worker, { worker, mark: change.type, until: now + markedForMs })
    }
  }

  /** In the order of every list. */
  rows(now: number): readonly LiveRow[] {
    for (const [key, row] of this.#rows) {
      if (row.mark === undefined || now < row.until) continue
      this.#sorted = undefined
      if (row.mark === 'left') this.#rows.delete(key)
      else this.#rows.set(key, { worker: row.worker, until: 0 })
    }
    this.#sorted ??= [...this.#rows.values()].sort((a, b) => compareWorkers(a.worker, b.worker))
    return this.#sorted
  }

  #set(worker: Worker, row: Marked): void {
    const key = keyOf(worker)
    const before = this.#rows.get(key)
    this.#living += Number(row.mark !== 'left') - Number(before !== undefined && before.mark !== 'left')
    this.#rows.set(key, row)
    this.#sorted = undefined
  }
}

import type { Mark, Subject } from './subject.js'

export interface LiveRow<Row> {
  readonly row: Row
  readonly mark?: Mark
}

interface Marked<Row> extends LiveRow<Row> {
  /** Until then, in ms, it is marked; one that has gone is shown for so long. */
  readonly until: number
}

/** How long a change is to be seen. */
const markedForMs = 4000

/** The rows as a watch tells them, with those that came, changed or went a moment ago marked. */
export class LiveList<Row, Change extends object> {
  readonly #rows = new Map<string, Marked<Row>>()
  #size = 0
  #isKnown = false
  #sorted: LiveRow<Row>[] | undefined

  constructor(private readonly subject: Pick<Subject<Row, Change>, 'keyOf' | 'compare' | 'read'>) {}

  /** How many there are; the rows have those that have just gone as well. */
  get size(): number {
    return this.#size
  }

  /** False while nobody can say what there is. */
  get isKnown(): boolean {
    return this.#isKnown
  }

  /** The first list, of which nothing is news. */
  begin(changes: readonly Change[]): void {
    this.#isKnown = true
    for (const { row } of changes.map((change) => this.subject.read(change))) this.#set({ row, until: 0 })
  }

  apply(changes: readonly Change[], now: number): void {
    for (const change of changes) this.#set({ ...this.subject.read(change), until: now + markedForMs })
  }

  /** In the order of every list. */
  rows(now: number): readonly LiveRow<Row>[] {
    for (const [key, { row, mark, until }] of this.#rows) {
      if (mark === undefined || now < until) continue
      this.#sorted = undefined
      if (mark === 'went') this.#rows.delete(key)
      else this.#rows.set(key, { row, until: 0 })
    }
    this.#sorted ??= [...this.#rows.values()].sort((a, b) => this.subject.compare(a.row, b.row))
    return this.#sorted
  }

  #set(marked: Marked<Row>): void {
    const key = this.subject.keyOf(marked.row)
    const before = this.#rows.get(key)
    this.#size += Number(marked.mark !== 'went') - Number(before !== undefined && before.mark !== 'went')
    this.#rows.set(key, marked)
    this.#sorted = undefined
  }
}

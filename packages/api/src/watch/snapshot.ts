import * as events from './events.js'
import type { Topic } from './topic.js'

const rowsAnEvent = 200
const charactersAnEvent = 64 * 1024

/** The rows at one place of the ring, for all clients that begin there. Events are made when the first of them gets so far. */
export class Snapshot<Row, Filter> {
  readonly place: number
  readonly rows: readonly Row[]
  readonly #topic: Pick<Topic<Row, never, Filter>, 'rowJson' | 'matches'>
  readonly #made: Buffer[] = []
  readonly #rest: Iterator<Buffer>

  constructor(place: number, rows: readonly Row[], topic: Pick<Topic<Row, never, Filter>, 'rowJson' | 'matches'>) {
    this.place = place
    this.rows = rows
    this.#topic = topic
    this.#rest = this.#encode()
  }

  /** The snapshot events for those who see the rows that match; without a filter the same bytes for all. */
  *events(filter: Filter | undefined): Generator<Buffer, void> {
    if (filter !== undefined) {
      yield* this.#encode(filter)
      return
    }
    for (let index = 0; ; index += 1) {
      const made = this.#made[index] ?? this.#make()
      if (!made) return
      yield made
    }
  }

  #make(): Buffer | undefined {
    const next = this.#rest.next()
    if (next.done === true) return undefined
    this.#made.push(next.value)
    return next.value
  }

  *#encode(filter?: Filter): Generator<Buffer, void> {
    let rows: string[] = []
    let size = 0
    for (const row of this.rows) {
      if (filter !== undefined && !this.#topic.matches(filter, row)) continue
      const json = this.#topic.rowJson(row)
      rows.push(json)
      size += json.length
      if (rows.length < rowsAnEvent && size < charactersAnEvent) continue
      yield events.snapshot(rows)
      rows = []
      size = 0
    }
    if (rows.length > 0) yield events.snapshot(rows)
  }
}

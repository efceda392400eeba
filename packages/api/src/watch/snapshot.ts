import { matchesFilter } from '@muster/servicegroup'
import type { Worker, WorkerFilter } from '@muster/servicegroup'

import { workerJson } from '../worker-json.js'
import * as events from './events.js'

const rowsAnEvent = 200
const charactersAnEvent = 64 * 1024

/** The workers at one place of the ring, for all clients that begin there. Events are made when the first of them gets so far. */
export class Snapshot {
  readonly place: number
  readonly workers: readonly Worker[]
  readonly #made: Buffer[] = []
  readonly #rest: Iterator<Buffer>

  constructor(place: number, workers: readonly Worker[]) {
    this.place = place
    this.workers = workers
    this.#rest = encode(workers)
  }

  /** The snapshot events for those who see the workers that match; without a filter the same bytes for all. */
  *events(filter: WorkerFilter | undefined): Generator<Buffer, void> {
    if (filter) {
      yield* encode(this.workers, filter)
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
}

function* encode(workers: readonly Worker[], filter: WorkerFilter = {}): Generator<Buffer, void> {
  let rows: Worker[] = []
  let size = 0
  for (const worker of workers) {
    if (!matchesFilter(filter, worker)) continue
    rows.push(worker)
    size += workerJson(worker).length
    if (rows.length < rowsAnEvent && size < charactersAnEvent) continue
    yield events.snapshot(rows)
    rows = []
    size = 0
  }
  if (rows.length > 0) yield events.snapshot(rows)
}

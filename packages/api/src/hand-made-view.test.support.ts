import { compareWorkers } from '@muster/servicegroup'
import type { ChangeListener, LiveView, Worker, WorkerChange } from '@muster/servicegroup'

import type { createApp } from './app.js'

/** A view that the test changes as a backend would. */
export class HandMadeView implements LiveView {
  rows: readonly Worker[] = []
  synced = true
  connection: LiveView['connection'] = { state: 'connected', epoch: 1 }
  lastContact = Date.now()
  readonly timeoutMs = 10_000
  readonly #listeners = new Set<ChangeListener>()

  workers(): readonly Worker[] {
    return this.rows
  }

  groups(): [] {
    return []
  }

  asOf(): number {
    return this.synced ? this.lastContact : NaN
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  change(changes: Partial<Pick<HandMadeView, 'rows' | 'synced' | 'connection' | 'lastContact'>>): void {
    Object.assign(this, changes)
    for (const listener of this.#listeners) listener([])
  }

  /** Changes the workers, by what happens to them. */
  happen(...changes: readonly WorkerChange[]): void {
    const rows = new Set(this.rows)
    for (const change of changes) {
      if (change.type !== 'joined') rows.delete(change.before)
      if (change.type !== 'left') rows.add(change.worker)
    }
    this.rows = [...rows].sort(compareWorkers)
    for (const listener of this.#listeners) listener(changes)
  }

  get listeners(): number {
    return this.#listeners.size
  }
}

const noServices = (): never => {
  throw new Error('There are workers only')
}

/** A service group that has this view of workers, and nothing to tell of services. */
export function groupOf(view: LiveView): Parameters<typeof createApp>[0] {
  return { view: () => view, servicesView: noServices, getMany: noServices, update: noServices, delete: noServices }
}

export const worker: Worker = {
  name: 'ApiWorker worker(0)',
  hostname: 'controller-1',
  process: 23161,
  created: '2019-02-10T11:07:15+00:00',
  group: 'vitrage',
  type: 'ApiWorker',
  state: 'up',
  region: null,
  zone: null,
  version: null,
  labels: { rack: 'r1' },
  memberId: 'a',
  incarnation: 1,
  uuid: null,
}

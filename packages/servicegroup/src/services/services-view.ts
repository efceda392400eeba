import { compareText, longestTimerMs } from '@muster/common'
import type { ConnectionState } from '@muster/coordination'
import type { Entry, Session } from '@muster/coordination/internal'

import type { LiveView } from '../service-group.js'
import { SortedList } from '../sorted-list.js'
import type { Worker, WorkerChange } from '../workers/worker.js'
import { placeOf } from './gate.js'
import { compareServices } from './service-filter.js'
import { decodeRecord, serviceCollection } from './service-record.js'
import { nextBoundary, toService } from './service-state.js'
import type { Service, ServiceChange, ServiceId, ServiceRecord } from './service.js'

/** Hears what happened to the services, in order; nothing at the first sync, and when the connection alone has changed. */
export type ServiceListener = (changes: readonly ServiceChange[]) => void

interface Stored {
  readonly entry: Pick<Entry, 'created' | 'modified' | 'createdAt' | 'modifiedAt'>
  readonly record: ServiceRecord
}

type Labelled = Pick<Worker, 'labels'>

const noWorkers: ReadonlySet<Worker> = new Set()

/** Every service, live in memory: its record, and what the workers and the clock make of it. */
export class ServicesView {
  readonly #workersView: LiveView
  readonly #abort = new AbortController()
  readonly #following: Promise<void>
  readonly #listeners = new Set<ServiceListener>()
  readonly #stored = new Map<string, Stored>()
  readonly #byPlace = new Map<string, string>()
  readonly #workers = new Map<string, Set<Worker>>()
  readonly #rows = new Map<string, Service>()
  /** Of each row that was told: a filter must see it as it was then. */
  readonly #labels = new WeakMap<Service, readonly Labelled[]>()
  readonly #sorted = new SortedList<Service>(compareServices)
  /** Those with a window that has yet to begin or to end. */
  readonly #windows = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #isRead = false
  #isSynced = false

  constructor(session: Session, workersView: LiveView) {
    this.#workersView = workersView
    workersView.onChange((changes) => this.#followWorkers(changes))
    if (workersView.synced) this.#countWorkers()
    this.#following = this.#follow(session)
    this.#following.catch(() => undefined) // it ends with the session; lists say why
  }

  /** Sorted; the same array until something changes. Empty before `synced`. */
  services(): readonly Service[] {
    return this.#isSynced ? this.#sorted.list() : []
  }

  find(id: ServiceId): Service | undefined {
    const uuid = typeof id === 'string' ? id : this.#byPlace.get(placeOf(id.type, id.host))
    return uuid === undefined || !this.#isSynced ? undefined : this.#rows.get(uuid)
  }

  /** The live workers of a service. */
  workersOf({ type, host }: Pick<Service, 'type' | 'host'>): ReadonlySet<Worker> {
    return this.#workers.get(placeOf(type, host)) ?? noWorkers
  }

  /** The labels of its live workers when this row was made: what filters look at. */
  labelsOf(service: Service): readonly Labelled[] {
    return this.#labels.get(service) ?? []
  }

  /** True once every record and every worker has been seen, and from then on. */
  get synced(): boolean {
    return this.#isSynced
  }

  get connection(): ConnectionState {
    return this.#workersView.connection
  }

  get timeoutMs(): number {
    return this.#workersView.timeoutMs
  }

  asOf(): number {
    return this.#isSynced ? this.#workersView.asOf() : NaN
  }

  onChange(listener: ServiceListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#abort.abort()
    await this.#following.catch(() => undefined)
  }

  async #follow(session: Session): Promise<void> {
    for await (const { synced, changes } of session.watch(serviceCollection, { signal: this.#abort.signal })) {
      const touched = new Set<string>()
      for (const change of changes) {
        const entry = change.type === 'put' ? change.entry : change.before
        const stored = decodeRecord(entry)
        if (!stored) continue
        const { uuid, type, host } = stored.record
        if (change.type === 'put') {
          const { created, modified, createdAt, modifiedAt } = entry
          this.#stored.set(uuid, { entry: { created, modified, createdAt, modifiedAt }, record: stored.record })
          this.#byPlace.set(placeOf(type, host), uuid)
        } else {
          this.#stored.delete(uuid)
          if (this.#byPlace.get(placeOf(type, host)) === uuid) this.#byPlace.delete(placeOf(type, host))
        }
        touched.add(uuid)
      }
      if (synced) this.#isRead = true
      this.#refresh(touched)
    }
  }

  #followWorkers(changes: readonly WorkerChange[]): void {
    if (!this.#isSynced) {
      if (this.#workersView.synced) this.#countWorkers()
      this.#refresh([])
      return
    }
    const touched = new Set<string>()
    for (const change of changes) {
      if (change.type !== 'joined') this.#take(change.before, touched)
      if (change.type !== 'left') this.#add(change.worker, touched)
    }
    this.#refresh(touched)
  }

  #countWorkers(): void {
    this.#workers.clear()
    for (const worker of this.#workersView.workers()) this.#add(worker)
  }

  #add(worker: Worker, touched?: Set<string>): void {
    const place = placeOfWorker(worker)
    if (place === undefined) return
    const there = this.#workers.get(place)
    if (there) there.add(worker)
    else this.#workers.set(place, new Set([worker]))
    this.#touch(place, touched)
  }

  #take(worker: Worker, touched: Set<string>): void {
    const place = placeOfWorker(worker)
    const there = place === undefined ? undefined : this.#workers.get(place)
    if (place === undefined || !there) return
    there.delete(worker)
    if (there.size === 0) this.#workers.delete(place)
    this.#touch(place, touched)
  }

  #touch(place: string, touched: Set<string> | undefined): void {
    const uuid = this.#byPlace.get(place)
    if (uuid !== undefined) touched?.add(uuid)
  }

  /** Makes the rows of these services anew, and tells what is different. */
  #refresh(uuids: Iterable<string>): void {
    const now = Date.now()
    const isFirst = !this.#isSynced && this.#isRead && this.#workersView.synced
    if (!this.#isSynced && !isFirst) return
    this.#isSynced = true
    const changes: ServiceChange[] = []
    for (const uuid of isFirst ? this.#stored.keys() : uuids) {
      const change = this.#remake(uuid, now)
      if (change) changes.push(change)
    }
    this.#setTimer(now)
    for (const listener of this.#listeners) listener(isFirst ? [] : changes)
  }

  #remake(uuid: string, now: number): ServiceChange | undefined {
    const [before, stored] = [this.#rows.get(uuid), this.#stored.get(uuid)]
    if (!stored) {
      this.#windows.delete(uuid)
      if (!before || !this.#rows.delete(uuid)) return undefined
      this.#sorted.replace(before, undefined)
      return { type: 'deleted', before }
    }
    const { record, entry } = stored
    if (nextBoundary(record.maintenance, now) === undefined) this.#windows.delete(uuid)
    else this.#windows.add(uuid)
    const workers = this.workersOf(record)
    const service = toService(record, entry, workers.size, now)
    const labels = distinctLabels(workers)
    const isSame = before && JSON.stringify([before, this.labelsOf(before)]) === JSON.stringify([service, labels])
    if (isSame) return undefined
    this.#rows.set(uuid, service)
    this.#labels.set(service, labels)
    this.#sorted.replace(before, service)
    return before ? { type: 'updated', service, before } : { type: 'created', service }
  }

  /** Windows begin and end by themselves. */
  #setTimer(now: number): void {
    clearTimeout(this.#timer)
    const next = Math.min(...[...this.#windows].map((uuid) => nextBoundary(this.#stored.get(uuid)?.record.maintenance ?? null, now) ?? Infinity))
    if (next === Infinity) return
    this.#timer = setTimeout(() => this.#refresh([...this.#windows]), Math.min(Math.max(1, next - now), longestTimerMs)).unref()
  }
}

/** In an order of their own, so that equal ones are equal as text. */
function distinctLabels(workers: Iterable<Labelled>): Labelled[] {
  const texts = new Set<string>()
  for (const { labels } of workers) texts.add(JSON.stringify(Object.entries(labels).sort(([a], [b]) => compareText(a, b))))
  return [...texts].sort(compareText).map((text) => ({ labels: Object.fromEntries(JSON.parse(text) as [string, string][]) }))
}

const placeOfWorker = ({ type, hostname }: Worker): string | undefined => (type === null || hostname === null ? undefined : placeOf(type, hostname))

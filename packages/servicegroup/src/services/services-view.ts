import { compareText, longestTimerMs, messageOf } from '@muster/common'
import type { ConnectionState } from '@muster/coordination'
import type { Entry, Session } from '@muster/coordination/internal'

import type { LiveView } from '../service-group.js'
import { SortedList } from '../sorted-list.js'
import type { Worker, WorkerChange } from '../workers/worker.js'
import { Places } from './places.js'
import type { Place } from './places.js'
import { compareServices, serviceMatcher } from './service-filter.js'
import { decodeRecord, serviceCollection } from './service-record.js'
import type { StoredRecord } from './service-record.js'
import { nextBoundary, toService } from './service-state.js'
import type { Service, ServiceChange, ServiceFilter, ServiceId, ServiceRecord } from './service.js'

/** Hears what happened to the services, in order; nothing at the first sync, and when the connection alone has changed. */
export type ServiceListener = (changes: readonly ServiceChange[]) => void

interface Stored {
  readonly entry: Pick<Entry, 'created' | 'modified' | 'createdAt' | 'modifiedAt'>
  readonly record: ServiceRecord
  readonly changed: StoredRecord['changed']
  readonly place: Place
}

type Labelled = Pick<Worker, 'labels'>

/** A service as it is listed, with its labels at hand: a filter by them must not look ten thousand up. */
interface Row {
  readonly service: Service
  readonly labels: readonly Labelled[]
}

/** Every service, live in memory: its record, and what the workers and the clock make of it. */
export class ServicesView {
  readonly #workersView: LiveView
  readonly #abort = new AbortController()
  readonly #following: Promise<void>
  readonly #listeners = new Set<ServiceListener>()
  readonly #stored = new Map<string, Stored>()
  readonly #places = new Places()
  readonly #rows = new Map<string, Row>()
  readonly #sorted = new SortedList<Row>((a, b) => compareServices(a.service, b.service))
  #listed: { readonly rows: readonly Row[]; readonly services: readonly Service[] } = { rows: [], services: [] }
  /** Of each row that was told: a filter must see it as it was then. */
  readonly #labels = new WeakMap<Service, readonly Labelled[]>()
  /** Those with a window that has yet to begin or to end. */
  readonly #windows = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  /** Why it follows the records no more. */
  #failure: string | undefined
  #isRead = false
  #hasWorkers = false
  #isSynced = false

  constructor(session: Session, workersView: LiveView) {
    this.#workersView = workersView
    workersView.onChange((changes) => this.#followWorkers(changes))
    this.#readWorkers()
    this.#following = this.#follow(session).catch((error: unknown) => {
      this.#failure = messageOf(error)
    })
  }

  /** Sorted; the same array until something changes. Empty before `synced`. */
  services(): readonly Service[] {
    if (!this.#isSynced) return []
    const rows = this.#sorted.list()
    if (rows !== this.#listed.rows) this.#listed = { rows, services: rows.map(({ service }) => service) }
    return this.#listed.services
  }

  /** Those that match, sorted. */
  select(filter: ServiceFilter): readonly Service[] {
    const matches = serviceMatcher(filter)
    const selected: Service[] = []
    if (this.#isSynced) for (const { service, labels } of this.#sorted.list()) if (matches(service, labels)) selected.push(service)
    return selected
  }

  find(id: ServiceId): Service | undefined {
    const uuid = typeof id === 'string' ? id : this.#places.uuidOf(id.type, id.host)
    return uuid === undefined || !this.#isSynced ? undefined : this.#rows.get(uuid)?.service
  }

  /** The live workers of a service. */
  workersOf({ type, host }: Pick<Service, 'type' | 'host'>): ReadonlySet<Worker> {
    return this.#places.workersOf(type, host)
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
    const { connection } = this.#workersView
    return this.#failure === undefined || connection.state === 'closed' ? connection : { ...connection, state: 'suspended', reason: this.#failure }
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
    await this.#following
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
          this.#stored.set(uuid, { entry: { created, modified, createdAt, modifiedAt }, record: stored.record, changed: stored.changed, place: this.#places.register(type, host, uuid) })
        } else {
          this.#stored.delete(uuid)
          this.#places.unregister(type, host, uuid)
        }
        touched.add(uuid)
      }
      if (synced) this.#isRead = true
      this.#refresh(touched)
    }
  }

  #followWorkers(changes: readonly WorkerChange[]): void {
    const touched = new Set<string | undefined>()
    if (!this.#hasWorkers) this.#readWorkers()
    else {
      for (const change of changes) {
        if (change.type !== 'joined') touched.add(this.#places.remove(change.before))
        if (change.type !== 'left') touched.add(this.#places.add(change.worker))
      }
    }
    touched.delete(undefined)
    this.#refresh(touched as Set<string>)
  }

  /** Once they are all known; from then on the changes say it. */
  #readWorkers(): void {
    if (!this.#workersView.synced) return
    this.#hasWorkers = true
    for (const worker of this.#workersView.workers()) this.#places.add(worker)
  }

  /** Makes the rows of these services anew, and tells what is different. */
  #refresh(uuids: Iterable<string>): void {
    const now = Date.now()
    const isFirst = !this.#isSynced && this.#isRead && this.#hasWorkers
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
    const [row, stored] = [this.#rows.get(uuid), this.#stored.get(uuid)]
    const before = row?.service
    if (!stored) {
      this.#windows.delete(uuid)
      if (!before || !this.#rows.delete(uuid)) return undefined
      this.#sorted.replace(row, undefined)
      return { type: 'deleted', before }
    }
    const { record, entry, place } = stored
    if (nextBoundary(record.maintenance, now) === undefined) this.#windows.delete(uuid)
    else this.#windows.add(uuid)
    const service = toService(stored, entry, place.workers.size, now)
    const made: Row = { service, labels: distinctLabels(place.workers) }
    if (row && JSON.stringify(row) === JSON.stringify(made)) return undefined
    this.#rows.set(uuid, made)
    this.#labels.set(service, made.labels)
    this.#sorted.replace(row, made)
    return before ? { type: 'updated', service, before } : { type: 'created', service }
  }

  /** Windows begin and end by themselves. */
  #setTimer(now: number): void {
    clearTimeout(this.#timer)
    const next = Math.min(...[...this.#windows].map((uuid) => nextBoundary(this.#stored.get(uuid)?.record.maintenance ?? null, now) ?? Infinity))
    if (next === Infinity || this.#abort.signal.aborted) return
    this.#timer = setTimeout(() => this.#refresh([...this.#windows]), Math.min(Math.max(1, next - now), longestTimerMs)).unref()
  }
}

/** In an order of their own, so that equal ones are equal as text. */
function distinctLabels(workers: Iterable<Labelled>): Labelled[] {
  const texts = new Set<string>()
  for (const { labels } of workers) texts.add(JSON.stringify(Object.entries(labels).sort(([a], [b]) => compareText(a, b))))
  return [...texts].sort(compareText).map((text) => ({ labels: Object.fromEntries(JSON.parse(text) as [string, string][]) }))
}

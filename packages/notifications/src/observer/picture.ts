import type { Worker } from '@muster/servicegroup'
import { nextBoundary, observe, placeOf } from '@muster/servicegroup/internal'
import type { Change as StoredChange, RecordAndChange, ServiceRecord } from '@muster/servicegroup/internal'

import type { Cause, NewChange, ObservedService } from '../log/change.js'
import { MassLoss } from './mass-loss.js'

/** A service as the log last told it. */
export interface ToldService {
  readonly observed: ObservedService
  /** How many joins of its workers the log has told. */
  readonly joins: number
  readonly changeId: string | null
}

/** What is known of how workers went. */
export interface Departures {
  /** True for a member that has said that it leaves. */
  hasLeft(key: string): boolean
  /** False for a member that may have gone while nobody watched. */
  wasWatched(key: string): boolean
}

export const keyOf = ({ group, memberId }: Pick<Worker, 'group' | 'memberId'>): string => JSON.stringify([group, memberId])

/** How far behind a process's event loop is changes by the second: no history. */
function withoutLag(worker: Worker): Worker {
  const rest = { ...worker }
  delete (rest as { lagMs?: number }).lagMs
  return rest
}

type Why = Partial<Pick<NewChange, 'id' | 'actor' | 'source' | 'reason' | 'massLoss'>> & { readonly cause: Cause; readonly at: number }

/**
 * What the log has told so far, of workers and of services, and what it has to tell when something is another way. Knows neither backend nor
 * database: what it is asked to take in it turns into changes, in order, and remembers which rows are not as they are stored.
 */
export class Picture {
  readonly workers = new Map<string, Worker>()
  readonly services = new Map<string, ToldService>()
  /** Keys of workers and uuids of services whose rows have to be written. */
  readonly touchedWorkers = new Set<string>()
  readonly touchedServices = new Set<string>()
  /** Services whose last worker is gone: their records do not say so yet. */
  readonly lastSeen = new Set<string>()
  readonly #changes: NewChange[] = []
  readonly #places = new Map<string, { uuid: string | undefined; workers: number }>()
  readonly #windows = new Set<string>()
  readonly #massLoss = new MassLoss()

  constructor(workers: Iterable<Worker>, services: Iterable<ToldService>) {
    for (const worker of workers) this.#addWorker(worker)
    for (const service of services) this.#setService(service)
    this.touchedWorkers.clear()
    this.touchedServices.clear()
  }

  /** The changes since it was last asked, oldest first. */
  takeChanges(): NewChange[] {
    return this.#changes.splice(0)
  }

  /** A committed change of a record. */
  takeStored({ id, type, cause, actor, source, reason, before, after }: StoredChange, at: number): void {
    const { uuid } = (after ?? before) as ServiceRecord
    const told = this.services.get(uuid)
    const why: Why = { id, cause, actor, source, reason, at }
    if (type === 'deleted') { this.#deleteService(uuid, why, before); return; }
    if (after) this.#tellService(told, { ...after, ...(told && seenOf(told)) }, why, told?.joins ?? 0, id, before)
  }

  /** Every record, as it was before the outbox was read: what differs nobody has told. Except for services of which the outbox did tell: `fresh`. */
  reconcile(records: readonly RecordAndChange[], fresh: ReadonlySet<string>, at: number): void {
    const there = new Set<string>()
    const why: Why = { cause: 'unknown', at }
    for (const { record, changeId } of records) {
      there.add(record.uuid)
      const known = this.services.get(record.uuid)
      const isBehind = known && (known.observed.lastSeenUp !== record.lastSeenUp || known.observed.reportCount !== record.reportCount)
      if (isBehind && known.observed.lastSeenUp !== null) this.lastSeen.add(record.uuid)
      if (fresh.has(record.uuid) || (known && known.changeId === changeId)) continue
      this.#tellService(known, { ...record, ...(known && seenOf(known)) }, why, known?.joins ?? record.reportCount - 1, changeId)
    }
    for (const uuid of this.services.keys()) if (!there.has(uuid) && !fresh.has(uuid)) this.#deleteService(uuid, why)
  }

  /** What has become of these workers. */
  see(keys: Iterable<string>, living: ReadonlyMap<string, Worker>, departures: Departures, at: number): void {
    const gone: Worker[] = []
    for (const key of keys) {
      const [before, worker] = [this.workers.get(key), living.get(key)]
      if (worker) this.#seeWorker(before, withoutLag(worker), at)
      else if (before) gone.push(before)
    }
    // Last: a worker that was replaced has left its service up all the time.
    const lost = this.#massLoss.judge(gone.map(({ group }) => group), at)
    for (const worker of gone) this.#seeGone(worker, departures, lost.has(worker.group), at)
  }

  /** Windows that have begun or ended by now. */
  tick(now: number): void {
    for (const uuid of [...this.#windows]) this.#refresh(this.services.get(uuid), { cause: 'maintenance', at: now })
  }

  /** Whether the log knows a service of that worker's type and host. */
  hasService(worker: Worker): boolean {
    return this.#serviceOf(worker) !== undefined
  }

  /** When a window next begins or ends, ms; Infinity if none does. */
  nextBoundary(now: number): number {
    return Math.min(...[...this.#windows].map((uuid) => nextBoundary(this.services.get(uuid)?.observed.maintenance ?? null, now) ?? now))
  }

  #seeWorker(before: Worker | undefined, worker: Worker, at: number): void {
    if (before && JSON.stringify(before) === JSON.stringify(worker)) return
    const why: Why = { cause: 'join', actor: worker.memberId, at }
    if (before) this.#removeWorker(before)
    this.#addWorker(worker)
    this.#tell(before ? 'worker.updated' : 'worker.joined', { ...why, before: before ?? null, after: worker })
    const service = this.#serviceOf(worker)
    if (service && !before) this.#setService({ ...service, joins: service.joins + 1 })
    this.#refresh(this.#serviceOf(worker), why)
    if (before) this.#refresh(this.#serviceOf(before), why)
  }

  #seeGone(before: Worker, departures: Departures, massLoss: boolean, at: number): void {
    const why: Why = { cause: causeOf(before, departures), actor: before.memberId, massLoss, at }
    this.#removeWorker(before)
    this.#tell('worker.left', { ...why, before, after: null })
    const service = this.#serviceOf(before)
    if (!service) return
    if (this.#place(before)?.workers === 0) {
      this.#setService({ ...service, observed: { ...service.observed, lastSeenUp: new Date(at).toISOString(), reportCount: Math.max(service.observed.reportCount, service.joins) } })
      this.lastSeen.add(service.observed.uuid)
    }
    this.#refresh(service, why)
  }

  /** Tells of a service whose state is another by now. */
  #refresh(before: ToldService | undefined, why: Why): void {
    const now = before && this.services.get(before.observed.uuid)
    if (!now) return
    const observed = this.#observe(now.observed, why.at)
    const { state, effective } = before.observed
    if (observed.state === state && observed.effective === effective && JSON.stringify(observed.maintenance) === JSON.stringify(before.observed.maintenance)) return
    this.#setService({ ...now, observed })
    this.#tell('service.updated', { ...why, before: before.observed, after: observed })
  }

  #tellService(told: ToldService | undefined, record: ServiceRecord, why: Why, joins: number, changeId: string | null, stored: ServiceRecord | null = null): void {
    const before = told?.observed ?? (stored && this.#observe(stored, why.at))
    const observed = this.#observe(record, why.at)
    this.#setService({ observed, joins, changeId })
    this.#tell(before ? 'service.updated' : 'service.created', { ...why, before, after: observed })
  }

  #deleteService(uuid: string, why: Why, record: ServiceRecord | null = null): void {
    const observed = this.services.get(uuid)?.observed ?? (record && this.#observe(record, why.at))
    if (!observed) return
    this.services.delete(uuid)
    this.touchedServices.add(uuid)
    this.#windows.delete(uuid)
    this.lastSeen.delete(uuid)
    const place = this.#places.get(placeOf(observed.type, observed.host))
    if (place?.uuid === uuid) place.uuid = undefined
    this.#tell('service.deleted', { ...why, before: observed, after: null })
  }

  #tell(kind: NewChange['kind'], { id = crypto.randomUUID(), at, cause, actor = null, source = null, reason = null, massLoss = false, before, after }: Why & Pick<NewChange, 'before' | 'after'>): void {
    const subject = (after ?? before) as ObservedService | Worker
    const [host, group, memberId] = 'host' in subject ? [subject.host, null, null] : [subject.hostname, subject.group, subject.memberId]
    const uuid = 'host' in subject ? subject.uuid : (this.#place(subject)?.uuid ?? subject.uuid)
    this.#changes.push({ id, at: new Date(at).toISOString(), kind, type: subject.type, host, uuid, group, memberId, cause, actor, source, reason, massLoss, before, after, gap: null })
  }

  #observe(record: ServiceRecord, now: number): ObservedService {
    return observe(record, this.#places.get(placeOf(record.type, record.host))?.workers ?? 0, now)
  }

  #setService(service: ToldService): void {
    const { uuid, type, host, maintenance } = service.observed
    this.services.set(uuid, service)
    this.touchedServices.add(uuid)
    if (maintenance) this.#windows.add(uuid)
    else this.#windows.delete(uuid)
    this.#placeAt(type, host).uuid = uuid
  }

  #serviceOf(worker: Worker): ToldService | undefined {
    const uuid = this.#place(worker)?.uuid
    return uuid === undefined ? undefined : this.services.get(uuid)
  }

  #addWorker(worker: Worker): void {
    const key = keyOf(worker)
    this.workers.set(key, worker)
    this.touchedWorkers.add(key)
    this.#massLoss.grow(worker.group, 1)
    const place = this.#place(worker)
    if (place) place.workers += 1
  }

  #removeWorker(worker: Worker): void {
    const key = keyOf(worker)
    this.workers.delete(key)
    this.touchedWorkers.add(key)
    this.#massLoss.grow(worker.group, -1)
    const place = this.#place(worker)
    if (place) place.workers -= 1
  }

  #place({ type, hostname }: Worker): { uuid: string | undefined; workers: number } | undefined {
    return type === null || hostname === null ? undefined : this.#placeAt(type, hostname)
  }

  #placeAt(type: string, host: string): { uuid: string | undefined; workers: number } {
    const key = placeOf(type, host)
    let place = this.#places.get(key)
    if (!place) this.#places.set(key, (place = { uuid: undefined, workers: 0 }))
    return place
  }
}

const seenOf = ({ observed: { lastSeenUp, reportCount } }: ToldService): Pick<ServiceRecord, 'lastSeenUp' | 'reportCount'> => ({ lastSeenUp, reportCount })

/** Only Muster's own workers say that they leave. */
function causeOf(worker: Worker, departures: Departures): Cause {
  const key = keyOf(worker)
  if (departures.hasLeft(key)) return 'leave'
  if (!departures.wasWatched(key)) return 'unknown'
  return worker.incarnation === null ? 'gone' : 'session_lost'
}

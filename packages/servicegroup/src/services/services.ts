import type { Logger } from '@muster/common'
import type { Session } from '@muster/coordination/internal'

import { watchView } from '../watch-view.js'
import type { Worker } from '../workers/worker.js'
import { AuditLog } from './audit-log.js'
import { hostsOf, zonesOf } from './derived.js'
import { placeOf } from './gate.js'
import { PendingServices } from './pending-services.js'
import { findRecord, readRecord, ServiceEditor } from './service-edit.js'
import type { Found } from './service-edit.js'
import { compareServices, matchesService, narrowServiceChange } from './service-filter.js'
import { decodeRecord, serviceCollection } from './service-record.js'
import { toService } from './service-state.js'
import type { DeleteOptions, Explanation, Host, ReadServicesOptions, Service, ServiceChange, ServiceFilter, ServiceId, ServicePatch, ServiceReader, ServiceRecord, ServicesAnswer, ServiceWriter, WatchServicesOptions, WriteOptions, Zone } from './service.js'
import type { ServicesView } from './services-view.js'

export interface ServicesOptions {
  readonly session: Session
  readonly logger: Logger
  /** Every live worker, as it is after the call. */
  readonly readWorkers: (signal: AbortSignal | undefined) => Promise<readonly Worker[]>
  /** The view, if it is open. */
  readonly openView: () => ServicesView | undefined
}

/** Reads and changes services on a backend: from the view where one is open and up to date, else by asking. */
export class Services implements Omit<ServiceReader, 'watch'>, ServiceWriter {
  readonly #session: Session
  readonly #editor: ServiceEditor
  readonly #options: ServicesOptions

  constructor(options: ServicesOptions) {
    this.#options = options
    this.#session = options.session
    this.#editor = new ServiceEditor(options.session, (record, signal) => this.#workersOf(record, signal), new AuditLog(options.logger))
  }

  async getOne(id: ServiceId, options: ReadServicesOptions = {}): Promise<{ service: Service | undefined; asOf: number }> {
    const view = this.#freshView(options)
    if (view) return { service: view.find(id), asOf: view.asOf() }
    const asOf = Date.now()
    const found = await readRecord(this.#session, id, { consistent: true, signal: options.signal })
    return { service: found && (await this.#toService(found, options.signal)), asOf }
  }

  async getMany(filter: ServiceFilter = {}, options: ReadServicesOptions = {}): Promise<ServicesAnswer> {
    const view = this.#freshView(options)
    if (view) return { services: view.select(filter), asOf: view.asOf() }
    return this.#readMany(filter, options)
  }

  async isUp(id: ServiceId, options: ReadServicesOptions = {}): Promise<boolean> {
    return (await this.getOne(id, options)).service?.state === 'up'
  }

  async explain(id: ServiceId, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Explanation> {
    const asOf = Date.now()
    const { entry, stored } = await findRecord(this.#session, id, { consistent: true, signal })
    const workers = await this.#workersOf(stored.record, signal)
    return { service: toService(stored, entry, workers.length, Date.now()), workers, decisions: stored.decisions, asOf }
  }

  async hosts(options: ReadServicesOptions = {}): Promise<{ hosts: readonly Host[]; asOf: number }> {
    const { services, asOf } = await this.getMany({}, options)
    return { hosts: hostsOf(services), asOf }
  }

  async zones(options: ReadServicesOptions = {}): Promise<{ zones: readonly Zone[]; asOf: number }> {
    const { services, asOf } = await this.getMany({}, options)
    return { zones: zonesOf(services), asOf }
  }

  async update(id: ServiceId, patch: ServicePatch, options: WriteOptions = {}): Promise<Service> {
    await this.#editor.update(id, patch, options)
    return this.#toService(await findRecord(this.#session, id, { consistent: true, signal: options.signal }), options.signal)
  }

  async delete(id: ServiceId, options: DeleteOptions = {}): Promise<Service> {
    const deleted = await this.#editor.delete(id, options)
    return toService(deleted.stored, deleted.entry, 0, Date.now())
  }

  /** Only a view whose backend answers is as good as asking. */
  #freshView({ consistent = false }: ReadServicesOptions): ServicesView | undefined {
    const view = consistent ? undefined : this.#options.openView()
    return view?.synced === true && view.connection.state === 'connected' ? view : undefined
  }

  async #toService({ entry, stored }: Found, signal: AbortSignal | undefined): Promise<Service> {
    return toService(stored, entry, (await this.#workersOf(stored.record, signal)).length, Date.now())
  }

  async #workersOf({ type, host }: Pick<ServiceRecord, 'type' | 'host'>, signal: AbortSignal | undefined): Promise<Worker[]> {
    return (await this.#options.readWorkers(signal)).filter((worker) => worker.type === type && worker.hostname === host)
  }

  async #readMany(filter: ServiceFilter, { signal }: ReadServicesOptions): Promise<ServicesAnswer> {
    const asOf = Date.now()
    const [{ entries }, workers] = await Promise.all([this.#session.list(serviceCollection, { consistent: true, signal }), this.#options.readWorkers(signal)])
    const byPlace = new Map<string, Worker[]>()
    for (const worker of workers) {
      if (worker.type === null || worker.hostname === null) continue
      const place = placeOf(worker.type, worker.hostname)
      byPlace.set(place, [...(byPlace.get(place) ?? []), worker])
    }
    const now = Date.now()
    const services = entries.flatMap((entry) => {
      const stored = decodeRecord(entry)
      if (!stored) return []
      const those = byPlace.get(placeOf(stored.record.type, stored.record.host)) ?? []
      const service = toService(stored, entry, those.length, now)
      return matchesService(filter, service, those) ? [service] : []
    })
    return { services: services.sort(compareServices), asOf }
  }
}

/** As `ServiceReader.watch`. `find` opens the view. */
export function watchServices(find: () => ServicesView, filter: ServiceFilter, options: WatchServicesOptions): AsyncGenerator<readonly ServiceChange[], void> {
  const view = find()
  const matches = (service: Service): boolean => matchesService(filter, service, view.labelsOf(service))
  const narrowed = {
    first: () => view.select(filter).map((service) => ({ type: 'created', service }) as const),
    narrow: (change: ServiceChange) => narrowServiceChange(matches, change),
    pending: new PendingServices(),
  }
  return watchView(find, narrowed, options)
}


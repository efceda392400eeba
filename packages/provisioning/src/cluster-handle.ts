import type { Logger } from '@muster/common'

import type { ClusterRow, EventPage, StepRow } from './rows.js'
import { StepHandle } from './step-handle.js'
import type { EventFilter, NewStep, PageOptions, ProvisioningStore } from './store.js'
import { waitForWorkers } from './wait-for-workers.js'
import type { WaitForWorkers } from './wait-for-workers.js'

/** A cluster, to begin steps of and to look at. */
export class ClusterHandle {
  readonly id: string
  readonly name: string
  readonly tenant: string
  readonly #store: ProvisioningStore
  readonly #logger: Logger

  constructor(store: ProvisioningStore, { id, name, tenant_id: tenant }: ClusterRow, logger: Logger) {
    this.id = id
    this.name = name
    this.tenant = tenant
    this.#store = store
    this.#logger = logger
  }

  /**
   * Begins a step, or joins the open one of that name, type and total: all who report to it may call this. Steps of one type come one after the
   * other; a failed one, or one that nobody reports to any more, does not keep the next from beginning.
   * @throws InvalidArgument, NotFound; Conflict while another of its type is open, unless `parallel`
   */
  async step(step: NewStep): Promise<StepHandle> {
    const row = await this.#store.beginStep(this.id, step, this.#of)
    return new StepHandle(this.#store, row?.id ?? null, this.tenant, this.#logger)
  }

  /**
   * A step that counts the workers that join a service group. Resolves when there were `total` of them, each counted once by name and host, with
   * the step; null when the event log is disabled. @throws OperationTimedOut at the deadline: the step has failed with how many are missing; as `step`
   */
  async waitForWorkers(options: WaitForWorkers): Promise<StepRow | null> {
    const { name = 'Waiting for workers', type, total, parallel } = options
    return waitForWorkers(await this.step({ name, type, total, parallel }), options)
  }

  /** @throws NotFound */
  show(): Promise<ClusterRow> {
    return this.#store.cluster(this.id, this.#of)
  }

  /** Its steps, oldest first; `withEvents`: failures first, at most 500 in all. @throws NotFound */
  async steps({ withEvents = false }: { readonly withEvents?: boolean | undefined } = {}): Promise<readonly StepRow[]> {
    return (await this.#store.cluster(this.id, { ...this.#of, withEvents })).provision_progress
  }

  /** A page of its events, oldest first. @throws NotFound, InvalidArgument */
  events(options: EventFilter & PageOptions = {}): Promise<EventPage> {
    return this.#store.events(this.id, { ...this.#of, ...options })
  }

  /** Yields the cluster at once, then after each change; ends when it is deleted or `signal` aborts. */
  watch({ signal }: { readonly signal?: AbortSignal | undefined } = {}): AsyncIterable<ClusterRow> {
    return this.#store.watch(this.id, { ...this.#of, signal })
  }

  /** With its steps and events. @throws NotFound */
  delete(): Promise<void> {
    return this.#store.deleteCluster(this.id, this.#of)
  }

  get #of(): { readonly tenant: string } {
    return { tenant: this.tenant }
  }
}

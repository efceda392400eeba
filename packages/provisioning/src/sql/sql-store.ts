import { setTimeout as delay } from 'node:timers/promises'

import { Bell, Conflict, isMusterError, NotFound } from '@muster/common'
import type { History } from '@muster/database/history'

import { checkCluster, checkReport, checkStep, checkTenant } from '../limits.js'
import type { ClusterPage, ClusterRow, EventPage, StepRow } from '../rows.js'
import type { EventFilter, NewCluster, NewStep, PageOptions, ProvisioningStore, Report, Reported, TenantOptions } from '../store.js'
import { beginStep } from './begin-step.js'
import { databaseTime } from './clock.js'
import type { Reading } from './clock.js'
import { findCluster, readCluster, readClusters, readEvents } from './read.js'
import { record, StepIsDone } from './record.js'
import { ReportQueue } from './report-queue.js'
import type { StepKey } from './report-queue.js'
import { toClusterRow, toStepRow } from './to-rows.js'
import type { StoredCluster, StoredStep } from './to-rows.js'
import type { Tables } from './tables.js'

export interface SqlStoreOptions {
  readonly eventLog: boolean
  readonly reporterTimeoutMs: number
  /** Closed with it. */
  readonly eraser?: { close(): Promise<void> } | undefined
}

const attempts = 3
/** Between two looks of who watches where nobody says that something was written; and at the shortest. */
const [lookEveryMs, shortestMs] = [5000, 100]
const notRecorded: Reported = { recorded: false, step: null }

/** `ProvisioningStore` in the tables of a database. */
export class SqlStore implements ProvisioningStore {
  readonly eventLog: boolean
  readonly #history: History<Tables>
  readonly #reporterTimeoutMs: number
  readonly #reports: ReportQueue
  readonly #eraser: SqlStoreOptions['eraser']

  constructor(history: History<Tables>, { eventLog, reporterTimeoutMs, eraser }: SqlStoreOptions) {
    this.eventLog = eventLog
    this.#history = history
    this.#reporterTimeoutMs = reporterTimeoutMs
    this.#eraser = eraser
    this.#reports = new ReportQueue((step, reports) => this.#record(step, reports))
  }

  async createCluster(cluster: NewCluster, { tenant = 'default', signal }: TenantOptions = {}): Promise<ClusterRow> {
    checkTenant(tenant)
    checkCluster(cluster)
    const { name, description = '', pluginName = 'muster', provisioningSteps = {} } = cluster
    const id = crypto.randomUUID()
    return this.#write(signal, async (tables, now) => {
      const row: StoredCluster = { id, tenant_id: tenant, name, description, plugin_name: pluginName, provisioning_steps: JSON.stringify(provisioningSteps), status: 'Validating', status_description: '', created_at: now, updated_at: now, deleted_at: null }
      await tables.insertInto('clusters').values(row).onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing()).execute()
      const there = await findCluster(tables, name, tenant)
      if (there.id !== id) throw new Conflict(`Cluster '${name}' exists already`, { hint: 'Choose another name, or delete it first.' })
      return toClusterRow(there, [])
    })
  }

  cluster(idOrName: string, { tenant = 'default', signal, withEvents = false }: Parameters<ProvisioningStore['cluster']>[1] = {}): Promise<ClusterRow> {
    return this.#read(signal, async (tables, now) => readCluster(this.#history.kind, tables, await findCluster(tables, idOrName, tenant), now, withEvents))
  }

  async clusters({ tenant = 'default', signal, ...page }: TenantOptions & PageOptions = {}): Promise<ClusterPage> {
    return this.#read(signal, (tables, now) => readClusters(this.#history.kind, tables, tenant, page, now))
  }

  async deleteCluster(idOrName: string, { tenant = 'default', signal }: TenantOptions = {}): Promise<void> {
    const { id } = await this.#read(signal, (tables) => findCluster(tables, idOrName, tenant))
    await this.#write(signal, async (tables, now) => {
      const { numUpdatedRows } = await tables.updateTable('clusters').set({ deleted_at: now, name: null }).where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
      if (Number(numUpdatedRows) === 0) return // another has, or a commit whose end was not seen
      await tables.updateTable('cluster_provision_steps').set({ deleted_at: now }).where('cluster_id', '=', id).execute()
    })
  }

  async beginStep(cluster: string, step: NewStep, { tenant = 'default', signal }: TenantOptions = {}): Promise<StepRow | null> {
    checkStep(step)
    if (!this.eventLog) return null
    return this.#write(signal, async (tables, now) => {
      const { id } = await findCluster(tables, cluster, tenant)
      return toStepRow(await beginStep(tables, id, step, { tenant, reporterTimeoutMs: this.#reporterTimeoutMs, now }), now)
    })
  }

  step(id: string, { tenant = 'default', signal }: TenantOptions = {}): Promise<StepRow> {
    return this.#read(signal, async (tables, now) => toStepRow(await findStep(tables, id, tenant), now))
  }

  async report(step: string, report: Report, { tenant = 'default' }: TenantOptions = {}): Promise<Reported> {
    checkReport(report)
    return this.eventLog ? this.#reports.add({ id: step, tenant }, report) : notRecorded
  }

  async renew(step: string, { tenant = 'default', signal }: TenantOptions = {}): Promise<Reported> {
    if (!this.eventLog) return notRecorded
    return this.#write(signal, async (tables, now) => {
      const row = await tables.updateTable('cluster_provision_steps').set({ renewed_at: now }).where('id', '=', step).where('tenant_id', '=', tenant).where('deleted_at', 'is', null).returningAll().executeTakeFirst()
      if (!row) throw new NotFound(`Step '${step}'`)
      return { recorded: true, step: toStepRow(row, now) }
    })
  }

  events(cluster: string, { tenant = 'default', signal, ...page }: TenantOptions & PageOptions & EventFilter = {}): Promise<EventPage> {
    return this.#read(signal, async (tables) => readEvents(tables, (await findCluster(tables, cluster, tenant)).id, page))
  }

  async *watch(idOrName: string, { tenant = 'default', signal = new AbortController().signal }: TenantOptions = {}): AsyncGenerator<ClusterRow, void> {
    const bell = new Bell({ keepsAlive: true })
    const stopListening = this.#history.onCommit(() => bell.ring())
    let [last, id] = ['', idOrName]
    try {
      while (!signal.aborted) {
        bell.hear()
        const row = await this.cluster(id, { tenant, signal })
        id = row.id
        const text = JSON.stringify(row)
        if (text !== last) yield row
        last = text
        await delay(shortestMs, undefined, { signal })
        await bell.wait(lookEveryMs, signal)
      }
    } catch (error) {
      if (signal.aborted || (last !== '' && isMusterError(error, 'not_found'))) return
      throw error
    } finally {
      stopListening()
    }
  }

  async close(): Promise<void> {
    await this.#eraser?.close()
    await this.#history.close()
  }

  async #record({ id, tenant }: StepKey, reports: readonly Report[]): Promise<Reported> {
    try {
      return await this.#write(undefined, async (tables, now) => ({ recorded: true, step: toStepRow(await record(tables, await findStep(tables, id, tenant), reports, now), now) }))
    } catch (error) {
      if (error instanceof StepIsDone) return { recorded: false, step: toStepRow(error.step, Date.now()) }
      throw error
    }
  }

  #read<T>(signal: AbortSignal | undefined, work: (tables: Reading, now: number) => Promise<T>): Promise<T> {
    return this.#history.read(async (tables) => work(tables, await databaseTime(this.#history.kind, tables)), { signal })
  }

  /** What may have been stored is stored again: each write here may be repeated. */
  async #write<T>(signal: AbortSignal | undefined, work: (tables: Parameters<Parameters<History<Tables>['write']>[0]>[0], now: number) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#history.write(async (tables) => work(tables, await databaseTime(this.#history.kind, tables)), { signal })
      } catch (error) {
        if (attempt === attempts || !isMusterError(error, 'outcome_unknown')) throw error
      }
    }
  }
}

async function findStep(tables: Reading, id: string, tenant: string): Promise<StoredStep> {
  const step = await tables.selectFrom('cluster_provision_steps').selectAll().where('id', '=', id).where('tenant_id', '=', tenant).where('deleted_at', 'is', null).executeTakeFirst()
  if (!step) throw new NotFound(`Step '${id}'`)
  return step
}

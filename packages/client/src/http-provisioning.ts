import { isMusterError, NotFound } from '@muster/common'
import type { ClusterPage, ClusterRow, EventFilter, EventPage, NewCluster, NewStep, PageOptions, ProvisioningStore, Report, Reported, StepRow, TenantOptions } from '@muster/provisioning'

import { backoffMs } from './backoff.js'
import type { Calls } from './calls.js'
import { areRecorded, isCluster, isEvent, isRecorded, isStep } from './clusters.js'
import type { HttpServiceGroupOptions } from './http-service-group.js'
import type { Answer, Http, Writing } from './http.js'
import { toError } from './problems.js'
import { ReportBatches } from './report-batches.js'
import { notMuster } from './unreachable.js'
import { watchCluster } from './watch-cluster.js'

interface StepKey {
  readonly id: string
  readonly tenant: string | undefined
}

/** A change to be asked for. */
type Asked = Pick<Writing, 'method' | 'path' | 'operation'> & { readonly body?: object | undefined }
type Check<T> = (content: unknown) => content is T

const attempts = 3
const areClusters = (content: unknown): content is readonly ClusterRow[] => Array.isArray(content) && content.every(isCluster)
const areEvents = (content: unknown): content is EventPage['events'] => Array.isArray(content) && content.every(isEvent)

/** The clusters that one server keeps. */
export class HttpProvisioning implements ProvisioningStore {
  readonly #calls: Calls
  readonly #http: Http
  readonly #options: HttpServiceGroupOptions
  readonly #reports = new ReportBatches<StepKey>((step, reports) => this.#report(step, reports))
  #eventLog = true

  constructor(calls: Calls, http: Http, options: HttpServiceGroupOptions) {
    this.#calls = calls
    this.#http = http
    this.#options = options
  }

  /** As the server has said last; true before it has said anything. */
  get eventLog(): boolean {
    return this.#eventLog
  }

  async createCluster({ name, description, pluginName, provisioningSteps }: NewCluster, options: TenantOptions = {}): Promise<ClusterRow> {
    const body = { name, description, plugin_name: pluginName, provisioning_steps: provisioningSteps }
    return this.#write({ method: 'POST', path: 'v1/cluster', body, operation: 'the making of the cluster' }, options, isCluster)
  }

  async cluster(idOrName: string, { withEvents = false, ...options }: Parameters<ProvisioningStore['cluster']>[1] = {}): Promise<ClusterRow> {
    return (await this.#read(clusterPath(idOrName), options, withEvents ? { events: 'true' } : {}, isCluster)).content
  }

  async clusters({ limit, after, ...options }: TenantOptions & PageOptions = {}): Promise<ClusterPage> {
    const { content: clusters, next } = await this.#read('v1/cluster', options, { limit, after }, areClusters)
    return { clusters, next }
  }

  async deleteCluster(idOrName: string, options: TenantOptions = {}): Promise<void> {
    const writing = { method: 'DELETE', path: clusterPath(idOrName), operation: 'the deletion of the cluster' } as const
    let [isRepeated] = [false]
    try {
      await this.#writeSurely(writing, options, isCluster, () => (isRepeated = true))
    } catch (error) {
      if (!(isRepeated && isMusterError(error, 'not_found'))) throw error // what was sent before has deleted it
    }
  }

  async beginStep(cluster: string, { name, type, total, parallel }: NewStep, options: TenantOptions = {}): Promise<StepRow | null> {
    const body = { step_name: name, step_type: type, total, parallel }
    return (await this.#writeSurely({ method: 'POST', path: `${clusterPath(cluster)}/step`, body, operation: 'the beginning of the step' }, options, isRecorded)).step
  }

  async step(id: string, options: TenantOptions = {}): Promise<StepRow> {
    return (await this.#read(stepPath(id), options, {}, isStep)).content
  }

  async report(step: string, report: Report, { tenant, signal }: TenantOptions = {}): Promise<Reported> {
    signal?.throwIfAborted()
    return this.#reports.add({ id: step, tenant }, report)
  }

  async renew(step: string, options: TenantOptions = {}): Promise<Reported> {
    const { recorded, step: row } = await this.#writeSurely({ method: 'POST', path: `${stepPath(step)}/renewal`, operation: 'the renewal' }, options, isRecorded)
    return { recorded, step: row }
  }

  async events(cluster: string, { limit, after, step, successful, ...options }: TenantOptions & PageOptions & EventFilter = {}): Promise<EventPage> {
    const { content: events, next } = await this.#read(`${clusterPath(cluster)}/event`, options, { limit, after, step, successful }, areEvents)
    return { events, next }
  }

  watch(idOrName: string, { tenant, signal }: TenantOptions = {}): AsyncIterable<ClusterRow> {
    return watchCluster({ idOrName, pathOf: clusterPath, query: queryOf({ tenant }), signal, calls: this.#calls, http: this.#http, ...this.#options })
  }

  close(): Promise<void> {
    return this.#calls.close()
  }

  async #report({ id, tenant }: StepKey, reports: readonly Report[]): Promise<readonly (Reported | Error)[]> {
    const body = reports.map(({ instance, instanceId, nodeGroupId, successful, eventInfo, errorId }) => ({ instance_name: instance, instance_id: instanceId, node_group_id: nodeGroupId, successful, event_info: eventInfo, error_id: errorId }))
    const writing = { method: 'POST', path: `${stepPath(id)}/event`, operation: 'the report' } as const
    if (reports.length === 1) {
      const { recorded, step } = await this.#writeSurely({ ...writing, body: body[0] }, { tenant }, isRecorded)
      return [{ recorded, step }]
    }
    const { reports: outcomes, steps } = await this.#writeSurely({ ...writing, body }, { tenant }, areRecorded)
    return outcomes.map(({ recorded, error, detail }) => {
      if (error === null) return { recorded, step: steps[0] ?? null }
      return toError({ status: 409, error, detail: detail ?? '', hint: undefined, requestId: undefined, parameter: undefined }, this.#options.endpoint)
    })
  }

  async #read<T>(path: string, { tenant, signal }: TenantOptions, query: Readonly<Record<string, string | number | boolean | undefined>>, check: Check<T>): Promise<{ content: T; next: string | null }> {
    const answer = await this.#http.read(path, queryOf({ tenant, ...query }), signal)
    return { content: this.#contentOf(answer, check), next: answer.header('X-Svc-Next') }
  }

  async #write<T>({ method, path, body, operation }: Asked, { tenant, signal }: TenantOptions, check: Check<T>): Promise<T> {
    const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
    const answer = await this.#http.write({ method, path, query: queryOf({ tenant }), headers, ...(body !== undefined && { body: JSON.stringify(body) }), operation }, signal)
    return this.#contentOf(answer, check)
  }

  /** Sends again what may have been stored and may be repeated. `onRepeat` hears of it. @throws OutcomeUnknown when nobody said so even then */
  async #writeSurely<T>(asked: Asked, options: TenantOptions, check: Check<T>, onRepeat?: () => void): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#write(asked, options, check)
      } catch (error) {
        if (attempt === attempts || !isMusterError(error, 'outcome_unknown')) throw error
      }
      onRepeat?.()
      await this.#calls.pause(backoffMs(attempt, Math.random()), { signal: options.signal })
    }
  }

  #contentOf<T>({ content, header }: Answer, check: Check<T>): T {
    this.#eventLog = header('X-Svc-Event-Log') !== 'off'
    if (check(content)) return content
    throw notMuster(this.#options.endpoint, 'it does not tell clusters as Muster does')
  }
}

const clusterPath = (idOrName: string): string => `v1/cluster/${segment(idOrName, 'Cluster')}`
const stepPath = (id: string): string => `v1/step/${segment(id, 'Step')}`

/** @throws NotFound for what no URL can name: in a path it would mean another place */
function segment(id: string, what: string): string {
  if (/^\.{0,2}$/.test(id)) throw new NotFound(`${what} '${id}'`)
  return encodeURIComponent(id)
}

function queryOf(values: Readonly<Record<string, string | number | boolean | undefined>>): URLSearchParams {
  return new URLSearchParams(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]])))
}

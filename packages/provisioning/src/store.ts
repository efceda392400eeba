import type { ClusterPage, ClusterRow, DeclaredSteps, EventPage, StepRow, StepType } from './rows.js'

export interface TenantOptions {
  /** Whose clusters; default `default`. Others are not seen. */
  readonly tenant?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface PageOptions {
  /** At most so many, 1 to 1000; default 20 clusters, with their steps, or 100 events. */
  readonly limit?: number | undefined
  /** `next` of the page before. */
  readonly after?: string | undefined
}

export interface NewCluster {
  /** At most 80 characters, once in a tenant. */
  readonly name: string
  readonly description?: string | undefined
  /** Default `muster`. */
  readonly pluginName?: string | undefined
  /** What is shown as pending before it begins. */
  readonly provisioningSteps?: DeclaredSteps | undefined
}

export interface NewStep {
  /** At most 80 characters. */
  readonly name: string
  readonly type: StepType
  /** How many instances will report. */
  readonly total: number
  /** May go on beside another step of its type that is open. Default false. */
  readonly parallel?: boolean | undefined
}

/** What one instance has to say. The last word of an instance counts. */
export interface Report {
  /** Its name, at most 80 characters: what makes a repeated report the same. */
  readonly instance: string
  readonly instanceId?: string | undefined
  readonly nodeGroupId?: string | undefined
  readonly successful: boolean
  /** At most 1 MiB. */
  readonly eventInfo?: string | undefined
  readonly errorId?: string | undefined
}

/** `recorded`: false when nothing was stored, because the step is done or the event log is disabled. */
export interface Reported {
  readonly recorded: boolean
  readonly step: StepRow | null
}

export interface EventFilter {
  /** The id of a step. */
  readonly step?: string | undefined
  readonly successful?: boolean | undefined
}

/** Where clusters are kept: a database, or a server. */
export interface ProvisioningStore {
  /** False when neither steps nor events are written. */
  readonly eventLog: boolean
  /** @throws InvalidArgument, TooLarge; Conflict when the name is taken */
  createCluster(cluster: NewCluster, options?: TenantOptions): Promise<ClusterRow>
  /** By id, else by name. `withEvents`: of its steps, failures first, at most 500 in all. @throws NotFound */
  cluster(idOrName: string, options?: TenantOptions & { readonly withEvents?: boolean | undefined }): Promise<ClusterRow>
  /** Oldest first. @throws InvalidArgument */
  clusters(options?: TenantOptions & PageOptions): Promise<ClusterPage>
  /** With its steps and events. @throws NotFound */
  deleteCluster(idOrName: string, options?: TenantOptions): Promise<void>
  /**
   * Begins a step, or finds the open one of that name, type and total; null when the event log is disabled.
   * @throws InvalidArgument, NotFound; Conflict while another of its type is open, unless `parallel`
   */
  beginStep(cluster: string, step: NewStep, options?: TenantOptions): Promise<StepRow | null>
  /** @throws NotFound */
  step(id: string, options?: TenantOptions): Promise<StepRow>
  /**
   * Resolves when it is stored. May be repeated. What is reported of a step that is done changes nothing.
   * @throws InvalidArgument, TooLarge, NotFound; Conflict when as many other instances as the total have reported
   */
  report(step: string, report: Report, options?: TenantOptions): Promise<Reported>
  /** Says that somebody is still at it. */
  renew(step: string, options?: TenantOptions): Promise<Reported>
  /** Oldest first. @throws NotFound, InvalidArgument */
  events(cluster: string, options?: TenantOptions & PageOptions & EventFilter): Promise<EventPage>
  /** Yields the cluster at once, then after each change; ends when it is deleted or `signal` aborts. @throws NotFound when it is not there at first */
  watch(idOrName: string, options?: TenantOptions): AsyncIterable<ClusterRow>
  close(): Promise<void>
}

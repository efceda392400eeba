import type { ConnectionState } from '@muster/coordination'

import type { Worker } from '../workers/worker.js'

/** When an operator works on it: it begins and ends by itself. Times are RFC 3339 with milliseconds, UTC. */
export interface Maintenance {
  readonly note: string | null
  readonly start: string
  readonly until: string
}

/** What an administrator decides, and what was said at the registration; all that is stored of a service. */
export interface ServiceRecord {
  readonly uuid: string
  readonly type: string
  readonly host: string
  readonly region: string | null
  readonly zone: string | null
  /** What an administrator wants of it. */
  readonly status: 'enabled' | 'disabled'
  readonly disabledReason: string | null
  /** It counts as down whatever its workers do. */
  readonly forcedDown: boolean
  readonly maintenance: Maintenance | null
  /** Nova's number of the service's version; 0 when nobody has said another. */
  readonly version: number
  readonly reportCount: number
  readonly lastSeenUp: string | null
}

/** The durable record of all workers of one type on one host, with what is derived from it, in the field order of every list. Absent is null. */
export interface Service extends ServiceRecord {
  /** The type without `nova-`. */
  readonly topic: string
  /** What is observed: up while it has a live worker and is not forced down. */
  readonly state: 'up' | 'down'
  /** What a scheduler should use: up while it is up, enabled and not in maintenance. */
  readonly effective: 'up' | 'down'
  /** By the backend's clock: RFC 3339 with milliseconds. */
  readonly createdAt: string
  /** When its record was last written; null while it is as it was registered. */
  readonly updatedAt: string | null
  /** Which state of its record this is; `ifVersion` of a change takes it. */
  readonly index: string
}

/** Who has decided it, from where, when (RFC 3339, by the clock of the one who wrote it) and why. */
export interface Decision {
  readonly actor: string
  readonly source: string | null
  readonly at: string
  readonly reason: string | null
}

/** What an administrator decides, and is asked about later. */
export const decidedFields = ['status', 'forcedDown', 'maintenance'] as const
export type Decisions = Readonly<Partial<Record<(typeof decidedFields)[number], Decision>>>

/** Why a service is as it is: the workers that are alive, and who has decided what; a field that nobody has ever changed has no decision. */
export interface Explanation {
  readonly service: Service
  readonly workers: readonly Worker[]
  readonly decisions: Decisions
  readonly asOf: number
}

/** Names a service: its uuid, or its type and host. */
export type ServiceId = string | { readonly type: string; readonly host: string }

/** Fields AND, several values of one field OR; all compared exactly. A service has the labels of its live workers. */
export interface ServiceFilter {
  readonly uuid?: string | readonly string[] | undefined
  readonly type?: string | readonly string[] | undefined
  readonly host?: string | readonly string[] | undefined
  readonly region?: string | readonly string[] | undefined
  readonly zone?: string | readonly string[] | undefined
  readonly status?: Service['status'] | readonly Service['status'][] | undefined
  readonly state?: Service['state'] | readonly Service['state'][] | undefined
  readonly effective?: Service['effective'] | readonly Service['effective'][] | undefined
  readonly labels?: Readonly<Record<string, string | readonly string[]>> | undefined
}

/** What to change. A field that is not named stays as it is. */
export interface ServicePatch {
  /** Enabling takes the reason of the disabling away. */
  readonly status?: Service['status'] | undefined
  /** At most 255 characters; only for a service that is disabled, or is with this change. */
  readonly disabledReason?: string | null | undefined
  readonly forcedDown?: boolean | undefined
  /** `start`: default now. Null ends it. */
  readonly maintenance?: { readonly note?: string | null | undefined; readonly start?: string | undefined; readonly until: string } | null | undefined
  readonly region?: string | null | undefined
  readonly zone?: string | null | undefined
  readonly version?: number | undefined
}

export interface WriteOptions {
  /** Who does it; default: this user on this host. At most 255 characters. */
  readonly actor?: string | undefined
  /** From where, for the log: an address, a program. */
  readonly source?: string | undefined
  /** Why, for the history. At most 1024 characters. */
  readonly reason?: string | undefined
  /** The `index` of the service as the caller has read it. @throws VersionConflict when it is another by now */
  readonly ifVersion?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface DeleteOptions extends WriteOptions {
  /** Also while it has live workers: those stay, rejoins included, without a service. */
  readonly force?: boolean | undefined
}

/** A host that has services. `up`: how many of them are. Zones in code-point order. */
export interface Host {
  readonly host: string
  readonly zones: readonly string[]
  readonly services: number
  readonly up: number
}

/** A zone that services are in. It is available while one of its services is effectively up. @see Nova's os-availability-zone */
export interface Zone {
  readonly zone: string
  readonly hosts: readonly string[]
  readonly services: number
  readonly up: number
  readonly available: boolean
}

export type ServiceChange =
  | { readonly type: 'created'; readonly service: Service }
  | { readonly type: 'updated'; readonly service: Service; readonly before: Service }
  | { readonly type: 'deleted'; readonly before: Service }

export interface ReadServicesOptions {
  /** Asks the backend, and sees all that was done before the call, by whomever. Default: a view that is open and up to date answers. */
  readonly consistent?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

export interface WatchServicesOptions {
  readonly signal?: AbortSignal | undefined
  /** Called when what is told may no longer be true, with the reason, and when it is again: `suspended`, `lost` or `connected`. */
  readonly onConnection?: ((connection: Pick<ConnectionState, 'state' | 'reason'>) => void) | undefined
}

/** An answer and its age. `asOf`: wall time in ms at which it was true. */
export interface ServicesAnswer {
  readonly services: readonly Service[]
  readonly asOf: number
}

/** The reading half of services: the same straight on a backend and over HTTP (@muster/client). */
export interface ServiceReader {
  /** Undefined when there is none. @see os-lively get_one */
  getOne(id: ServiceId, options?: ReadServicesOptions): Promise<{ readonly service: Service | undefined; readonly asOf: number }>
  /** By type, then host in code-point order. @see os-lively get_many */
  getMany(filter?: ServiceFilter, options?: ReadServicesOptions): Promise<ServicesAnswer>
  /** Whether it has a live worker and is not forced down; false for a service that nobody knows. @see os-lively is_up, Nova service_is_up */
  isUp(id: ServiceId, options?: ReadServicesOptions): Promise<boolean>
  /** Why it is as it is, asked of the backend. @throws NotFound */
  explain(id: ServiceId, options?: { readonly signal?: AbortSignal | undefined }): Promise<Explanation>
  /** By host in code-point order. */
  hosts(options?: ReadServicesOptions): Promise<{ readonly hosts: readonly Host[]; readonly asOf: number }>
  /** By zone in code-point order; a service without a zone is in none. */
  zones(options?: ReadServicesOptions): Promise<{ readonly zones: readonly Zone[]; readonly asOf: number }>
  /**
   * Yields first every service as `created` in one array, then arrays of changes as they happen, of records, of states and of the labels of the
   * live workers, over all outages but the first. Ends when `signal` aborts.
   */
  watch(filter?: ServiceFilter, options?: WatchServicesOptions): AsyncIterable<readonly ServiceChange[]>
}

/** The writing half: the only way by which services are changed. */
export interface ServiceWriter {
  /**
   * Changes a service. Resolves with it as it is then; a change that changes nothing writes nothing.
   * @throws NotFound, InvalidArgument; VersionConflict with `ifVersion`; OutcomeUnknown when nothing could tell whether it was carried out
   */
  update(id: ServiceId, patch: ServicePatch, options?: WriteOptions): Promise<Service>
  /** Deletes a service for good: its uuid is never used again. Resolves with it as it was. @throws NotFound, ServiceInUse, VersionConflict, OutcomeUnknown */
  delete(id: ServiceId, options?: DeleteOptions): Promise<Service>
}

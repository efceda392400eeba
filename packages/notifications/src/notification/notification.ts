import type { Cause, Change, ChangeKind, ObservedService } from '../log/change.js'

/** Nova's own names of what happened. */
export type NotificationType = 'service.create' | 'service.update' | 'service.delete'

/** Nova's ServiceStatusPayload in the version that `serviceStatusVersion` says: names, order and forms are Nova's. */
export interface ServiceStatus {
  readonly host: string
  readonly disabled: boolean
  /** Without fractions of a second. */
  readonly last_seen_up: string | null
  readonly binary: string
  readonly topic: string
  readonly disabled_reason: string | null
  readonly report_count: number
  readonly forced_down: boolean
  readonly version: number
  readonly availability_zone: string | null
  readonly uuid: string
}

/** A change of a service as OpenStack's listeners read it, and beside the payload what Nova does not tell. @see Nova's notification_samples/service-update.json */
export interface Notification {
  /** The change's id: the same however often it is told. */
  readonly message_id: string
  readonly publisher_id: string
  readonly event_type: NotificationType
  readonly priority: 'INFO'
  readonly payload: {
    readonly 'nova_object.name': 'ServiceStatusPayload'
    readonly 'nova_object.namespace': 'nova'
    readonly 'nova_object.version': string
    readonly 'nova_object.data': ServiceStatus
  }
  /** UTC, with a space and microseconds, as Python prints it. */
  readonly timestamp: string
  /** The number of the change in the log. */
  readonly seq: number
  /** What is another way: field by field, under the names of Muster's services. Empty for what was created or deleted. */
  readonly changes: Readonly<Record<string, { readonly old: unknown; readonly new: unknown }>>
  readonly cause: Cause
  readonly actor: string | null
  readonly source: string | null
  readonly reason: string | null
  readonly massLoss: boolean
  readonly state: 'up' | 'down'
  readonly effective: 'up' | 'down'
}

/** Raised whenever the shape of the payload changes; a test holds the two together. */
export const serviceStatusVersion = '1.1'

const typeOf: Readonly<Partial<Record<Change['kind'], NotificationType>>> = { 'service.created': 'service.create', 'service.updated': 'service.update', 'service.deleted': 'service.delete' }

/** The kinds of change that are told under these names. */
export const changeKindsOf = (types: readonly NotificationType[]): ChangeKind[] =>
  (Object.entries(typeOf) as [ChangeKind, NotificationType][]).flatMap(([kind, type]) => (types.includes(type) ? [kind] : []))

/** The notification of a change; undefined for changes of workers and for gaps, which have none. */
export function toNotification({ id, seq, at, kind, cause, actor, source, reason, massLoss, before, after }: Change): Notification | undefined {
  const type = typeOf[kind]
  if (!type) return undefined
  const service = (after ?? before) as ObservedService
  return {
    message_id: id,
    publisher_id: `${publisherOf(service.type)}:${service.host}`,
    event_type: type,
    priority: 'INFO',
    payload: { 'nova_object.name': 'ServiceStatusPayload', 'nova_object.namespace': 'nova', 'nova_object.version': serviceStatusVersion, 'nova_object.data': statusOf(service) },
    timestamp: at.replace('T', ' ').replace('Z', '000'),
    seq,
    changes: type === 'service.update' ? changesOf(before as ObservedService, after as ObservedService) : {},
    cause,
    actor,
    source,
    reason,
    massLoss,
    state: service.state,
    effective: service.effective,
  }
}

/** Nova publishes as the binary, but for one. */
const publisherOf = (type: string): string => (type === 'nova-osapi_compute' ? 'nova-api' : type)

function statusOf({ host, status, lastSeenUp, type, topic, disabledReason, reportCount, forcedDown, version, zone, uuid }: ObservedService): ServiceStatus {
  return {
    host,
    disabled: status === 'disabled',
    last_seen_up: lastSeenUp && lastSeenUp.replace(/\.\d+Z$/, 'Z'),
    binary: type,
    topic,
    disabled_reason: disabledReason,
    report_count: reportCount,
    forced_down: forcedDown,
    version,
    availability_zone: zone,
    uuid,
  }
}

function changesOf(before: ObservedService, after: ObservedService): Notification['changes'] {
  const fields = Object.keys(after) as (keyof ObservedService)[]
  return Object.fromEntries(fields.flatMap((field) => (JSON.stringify(before[field]) === JSON.stringify(after[field]) ? [] : [[field, { old: before[field], new: after[field] }]])))
}

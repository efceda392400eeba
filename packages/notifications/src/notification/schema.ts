import { serviceStatusVersion } from './notification.js'

const text = { type: 'string' } as const
const textOrNull = { type: ['string', 'null'] } as const
const flag = { type: 'boolean' } as const
const count = { type: 'integer', minimum: 0 } as const

const object = (properties: Readonly<Record<string, object>>): object => ({ type: 'object', properties, required: Object.keys(properties), additionalProperties: false })

/** Under which name a server publishes the schema: it says the version of the payload. */
export const notificationSchemaId = `service-status-${serviceStatusVersion}`

/** The shape of a notification, as JSON Schema 2020-12. */
export const notificationSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: notificationSchemaId,
  title: `A change of a service, with Nova's ServiceStatusPayload ${serviceStatusVersion}`,
  ...object({
    message_id: { type: 'string', pattern: String.raw`^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$` },
    publisher_id: { type: 'string', pattern: ':' },
    event_type: { enum: ['service.create', 'service.update', 'service.delete'] },
    priority: { const: 'INFO' },
    payload: object({
      'nova_object.name': { const: 'ServiceStatusPayload' },
      'nova_object.namespace': { const: 'nova' },
      'nova_object.version': { const: serviceStatusVersion },
      'nova_object.data': object({
        host: text,
        disabled: flag,
        last_seen_up: { type: ['string', 'null'], pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$` },
        binary: text,
        topic: text,
        disabled_reason: textOrNull,
        report_count: count,
        forced_down: flag,
        version: count,
        availability_zone: textOrNull,
        uuid: text,
      }),
    }),
    timestamp: { type: 'string', pattern: String.raw`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$` },
    seq: { type: 'integer', minimum: 1 },
    changes: { type: 'object', additionalProperties: object({ old: {}, new: {} }) },
    cause: { enum: ['join', 'leave', 'session_lost', 'gone', 'admin', 'adopted', 'maintenance', 'unknown'] },
    actor: textOrNull,
    source: textOrNull,
    reason: textOrNull,
    massLoss: flag,
    state: { enum: ['up', 'down'] },
    effective: { enum: ['up', 'down'] },
  }),
} as const

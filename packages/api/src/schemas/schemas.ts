import { decidedFields, roles } from '@muster/servicegroup'
import type { CreatedToken, Decision, Explanation, Group, Host, Maintenance, Service, Token, Worker, Zone } from '@muster/servicegroup'

import type { HistoryStatus } from '../history/history.js'
import type { ParameterError, Problem } from '../problems.js'
import { clusterSchemas } from './cluster-schemas.js'
import { changeSchema, differenceSchema, notificationBody, pastStateSchema } from './history-schemas.js'
import { count, flag, listOf, objectOf, oneOf, ref, text, textMap, textOrNull, time, timeOrNull } from './schema.js'
import type { ObjectSchema, Schema } from './schema.js'
import { webhookSchemas } from './webhook-schemas.js'

const upOrDown = oneOf('up', 'down')
const enabledOrDisabled = oneOf('enabled', 'disabled')

export const workerSchema = objectOf<Worker>(
  'A live member of a service group. Absent is null.',
  {
    name: text,
    hostname: textOrNull,
    process: { type: ['integer', 'null'], description: 'Process id.' },
    created: { ...textOrNull, description: 'When it joined, by its own clock: 2019-02-10T11:07:15+00:00.' },
    group: text,
    type: textOrNull,
    state: oneOf('up'),
    region: textOrNull,
    zone: textOrNull,
    version: textOrNull,
    labels: textMap,
    memberId: text,
    incarnation: { type: ['integer', 'null'], description: '1 when it joined, one more after each lost session.' },
    uuid: { ...textOrNull, description: 'Its service.' },
    lagMs: { type: 'number', description: 'For how long its event loop was blocked at a stretch, lately, in ms.' },
  },
  ['lagMs'],
)

export const groupSchema = objectOf<Group>('A group of workers.', { group: text, members: count, createdAt: time })

const maintenance: Schema = {
  ...objectOf<Maintenance>('When an operator works on it.', { note: textOrNull, start: time, until: time }),
  type: ['object', 'null'],
}

export const serviceSchema = objectOf<Service>('All workers of one type on one host, with what an administrator has decided. Absent is null.', {
  uuid: text,
  type: text,
  host: text,
  topic: { ...text, description: 'The type without nova-.' },
  region: textOrNull,
  zone: textOrNull,
  status: { ...enabledOrDisabled, description: 'What an administrator wants.' },
  state: { ...upOrDown, description: 'What is observed: up while it has a live worker and is not forced down.' },
  effective: { ...upOrDown, description: 'What a scheduler should use: up while it is up, enabled and not in maintenance.' },
  disabledReason: textOrNull,
  forcedDown: flag,
  maintenance,
  version: count,
  reportCount: count,
  lastSeenUp: timeOrNull,
  createdAt: time,
  updatedAt: timeOrNull,
  index: { ...text, description: 'Which state of its record this is.' },
})

export const hostSchema = objectOf<Host>('A host that has services; up: how many of them are.', { host: text, zones: listOf(text), services: count, up: count })

export const zoneSchema = objectOf<Zone>('A zone that services are in; available while one of them is effectively up.', {
  zone: text,
  hosts: listOf(text),
  services: count,
  up: count,
  available: flag,
})

/** Whether a service is up, also one that nobody knows. */
export interface Liveness extends Record<'uuid' | 'type' | 'host', string | null> {
  readonly isUp: boolean
  readonly state: Service['state'] | null
  readonly effective: Service['effective'] | null
  readonly asOf: string
}

const decision = objectOf<Decision>('Who has decided it, from where, when, by the clock of the one who wrote it, and why.', { actor: text, source: textOrNull, at: time, reason: textOrNull })

const explanationSchema = objectOf<Pick<Explanation, 'service' | 'workers' | 'decisions'>>('Why a service is as it is.', {
  service: ref('Service'),
  workers: listOf(ref('Worker')),
  decisions: { type: 'object', description: 'By field; one that nobody has ever changed is left out.', properties: Object.fromEntries(decidedFields.map((field) => [field, decision])), additionalProperties: false },
})

const livenessSchema = objectOf<Liveness>('Whether a service is up. For one that nobody knows uuid, state and effective are null.', {
  isUp: flag,
  uuid: textOrNull,
  type: textOrNull,
  host: textOrNull,
  state: oneOf('up', 'down', null),
  effective: oneOf('up', 'down', null),
  asOf: time,
})

/** A merge patch: null takes a value away. @see RFC 7396 */
export const servicePatchSchema: Schema = {
  type: 'object',
  description: 'A merge patch (RFC 7396) of what an administrator may change; null takes a value away.',
  properties: {
    region: { ...textOrNull, maxLength: 255 },
    zone: { ...textOrNull, maxLength: 255 },
    status: enabledOrDisabled,
    disabledReason: { ...textOrNull, maxLength: 255 },
    forcedDown: flag,
    maintenance: {
      type: ['object', 'null'],
      properties: { note: { ...textOrNull, maxLength: 255 }, start: timeOrNull, until: time },
      additionalProperties: false,
    },
    version: count,
  },
  additionalProperties: false,
}

const tokenProperties: ObjectSchema<Token>['properties'] = {
  id: { ...text, description: 'Names it; no secret.' },
  name: { ...text, description: 'What changes made with it are told under.' },
  role: oneOf(...roles),
  createdAt: time,
  expiresAt: { ...timeOrNull, description: 'From then on it opens nothing.' },
  createdBy: text,
  source: { ...textOrNull, description: 'From where it was made.' },
}

export const tokenSchema = objectOf<Token>('What is known of a token; never its text.', tokenProperties)

const createdTokenSchema = objectOf<CreatedToken>('A token that was just made.', { token: { ...text, description: 'Its text, told this once.' }, ...tokenProperties })

export const tokenRequestSchema: Schema = {
  type: 'object',
  description: 'A token to be made.',
  required: ['role'],
  properties: {
    role: oneOf(...roles),
    name: { ...text, minLength: 1, maxLength: 100, description: 'What changes made with it are told under; default its id.' },
    expires: { ...text, description: 'How long it is good for, as a duration: 30d. Default: until it is revoked.' },
  },
  additionalProperties: false,
}

const problemSchema = objectOf<Problem>('What every error looks like (RFC 9457).', {
  type: text,
  title: text,
  status: { type: 'integer' },
  detail: text,
  instance: text,
  code: { type: 'integer', description: 'The status, for Vitrage\'s client.' },
  description: { ...text, description: 'The detail, for Vitrage\'s client.' },
  error: { ...text, description: 'What went wrong, as a word a program can compare.' },
  hint: textOrNull,
  requestId: text,
  errors: listOf(objectOf<ParameterError>('What is wrong with a parameter or a field.', { parameter: text, detail: text })),
})

const link = objectOf<{ rel: string; href: string }>('A path.', { rel: text, href: text })
interface Version extends Record<'status' | 'id' | 'updated', string> {
  readonly links: unknown
  readonly version?: string
  readonly min_version?: string
}

const versionSchema = objectOf<Version>('A version of the API, in the form of Vitrage and Nova.', { status: text, links: listOf(link), id: text, updated: text, version: text, min_version: text }, ['version', 'min_version'])

/** Every body there is, by name. */
export const schemas = {
  Worker: workerSchema,
  Group: groupSchema,
  Service: serviceSchema,
  ServicePatch: servicePatchSchema,
  Explanation: explanationSchema,
  Host: hostSchema,
  Zone: zoneSchema,
  Liveness: livenessSchema,
  Token: tokenSchema,
  CreatedToken: createdTokenSchema,
  TokenRequest: tokenRequestSchema,
  ...webhookSchemas,
  ...clusterSchemas,
  Problem: problemSchema,
  Version: objectOf<{ version: unknown }>('The one version there is.', { version: versionSchema }),
  Versions: objectOf<{ versions: unknown }>('The versions there are.', { versions: listOf(versionSchema) }),
  Health: objectOf<{ status: string }>('The process answers.', { status: oneOf('ok') }),
  Change: changeSchema,
  Notification: notificationBody,
  PastState: pastStateSchema,
  PastDifference: differenceSchema,
  Readiness: objectOf<Record<'status' | 'backend' | 'synced' | 'asOf' | 'history', unknown>>('Whether lists are answered.', {
    status: oneOf('ok', 'stopping', 'unavailable'),
    backend: oneOf('connected', 'suspended', 'lost', 'closed'),
    synced: flag,
    asOf: timeOrNull,
    history: objectOf<HistoryStatus | { state: 'none'; reason: null }>('How its history is kept.', { state: oneOf('none', 'unreachable', 'starting', 'waiting', 'observing', 'foreign', 'closed'), reason: textOrNull }),
  }),
  OpenApi: objectOf<Record<'openapi' | 'info' | 'paths' | 'components', unknown>>('This description.', { openapi: text, info: { type: 'object' }, paths: { type: 'object' }, components: { type: 'object' } }),
} as const satisfies Record<string, Schema>

export type SchemaName = keyof typeof schemas

/** A body, or a list of such. */
export const body = (name: SchemaName): Schema => ref(name)
export const bodies = (name: SchemaName): Schema => listOf(ref(name))

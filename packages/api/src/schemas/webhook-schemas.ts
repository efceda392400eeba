import type { WebhookTest } from '@muster/notifications'
import { webhookKinds } from '@muster/servicegroup'
import type { ListedWebhook, Webhook, WebhookProgress, WebhookWithSecret } from '@muster/servicegroup'

import { count, flag, listOf, objectOf, oneOf, ref, text, textOrNull, time, timeOrNull } from './schema.js'
import type { ObjectSchema, Schema } from './schema.js'

const enabledOrDisabled = oneOf('enabled', 'disabled')
const url: Schema = { ...text, description: 'https:, or http: where the server allows its address.', maxLength: 2048 }
const filter = (what: string, items: Schema): Schema => ({ ...listOf(items), maxItems: 50, description: `Only ${what}; empty: all.` })
const filters = {
  kinds: filter('notifications of these kinds', oneOf(...webhookKinds)),
  types: filter('services of these types', { ...text, minLength: 1, maxLength: 255 }),
  hosts: filter('services on these hosts', { ...text, minLength: 1, maxLength: 255 }),
}

const webhookProperties: ObjectSchema<Webhook>['properties'] = {
  id: text,
  url,
  ...filters,
  status: enabledOrDisabled,
  disabledReason: textOrNull,
  enabledAt: time,
  createdAt: time,
  createdBy: text,
}

export const webhookRequestSchema: Schema = { type: 'object', description: 'A webhook to be made.', required: ['url'], properties: { url, ...filters }, additionalProperties: false }

export const webhookPatchSchema: Schema = {
  type: 'object',
  description: 'What is to be of a webhook.',
  required: ['status'],
  properties: { status: enabledOrDisabled, disabledReason: { ...textOrNull, minLength: 1, maxLength: 255 } },
  additionalProperties: false,
}

const progressSchema = objectOf<WebhookProgress>('How far it is.', {
  cursor: { type: ['integer', 'null'], description: 'The number of the last change that it has; null before the first look.' },
  lag: { type: ['integer', 'null'], description: 'How many changes are behind that in the log, for it or not.' },
  attempts: { ...count, description: 'How often in a row the next one was sent in vain.' },
  nextAttemptAt: timeOrNull,
  failure: { ...textOrNull, description: 'Why the last attempt was in vain.' },
})

/** Bodies about webhooks, by name. */
export const webhookSchemas = {
  Webhook: objectOf<Webhook>('A webhook; never its secrets.', webhookProperties),
  WebhookRow: objectOf<Required<ListedWebhook>>('A webhook, and how far it is.', { ...webhookProperties, progress: { anyOf: [ref('WebhookProgress'), { type: 'null' }], description: 'Null while the server has no history at hand.' } }),
  WebhookProgress: progressSchema,
  WebhookWithSecret: objectOf<WebhookWithSecret>('A webhook with its secret.', { ...webhookProperties, secret: { ...text, description: 'whsec_ and base64; told this once.' } }),
  WebhookRequest: webhookRequestSchema,
  WebhookPatch: webhookPatchSchema,
  WebhookTest: objectOf<WebhookTest>('What became of a test.', {
    told: { ...flag, description: 'The endpoint has taken it: 2xx.' },
    status: { type: ['integer', 'null'], description: 'Null when there was no answer.' },
    latencyMs: count,
    excerpt: { ...text, description: 'The beginning of the answer.' },
    error: { ...textOrNull, description: 'Why there was no answer.' },
  }),
}

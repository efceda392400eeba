import type { Address, Entry } from '@muster/coordination/internal'

import { decodeObject, encodeObject, textsOf, withoutKeys } from '../services/service-record.js'
import { webhookKinds } from './webhook.js'
import type { Webhook, WebhookKind } from './webhook.js'

export const webhookCollection = 'webhooks'

export const webhookAddress = (id: string): Address => ({ collection: webhookCollection, key: id })

/** Signs until that time; null: until it is rotated. */
export interface WebhookSecret {
  readonly secret: string
  readonly until: string | null
}

/** A webhook as it is stored, with what other versions of Muster have written beside it. */
export interface StoredWebhook {
  readonly webhook: Webhook
  /** The current one, and perhaps the one before. As they are: who signs must have them. */
  readonly secrets: readonly WebhookSecret[]
  readonly others: Readonly<Record<string, unknown>>
}

/** What the one who tells webhooks takes from the backend. */
export interface WebhookSource {
  /** One with its secrets. @throws NotFound */
  read(id: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<StoredWebhook>
  /** Yields all of them with their secrets, by id, and again when some have changed; ends with `signal`. */
  watch(signal: AbortSignal): AsyncGenerator<ReadonlyMap<string, StoredWebhook>, void>
}

export const encodeWebhook = ({ webhook, secrets, others }: StoredWebhook): Uint8Array => encodeObject({ ...others, ...webhook, secrets })

const isKind = (value: string): value is WebhookKind => webhookKinds.some((kind) => kind === value)

/** Undefined for what is no webhook, or one that nobody could send to or sign for. */
export function decodeWebhook({ key, data }: Pick<Entry, 'key' | 'data'>): StoredWebhook | undefined {
  const stored = decodeObject(data) ?? {}
  const { id, url, disabledReason, enabledAt, createdAt, createdBy } = stored
  const secrets = (Array.isArray(stored.secrets) ? stored.secrets : []).filter(isSecret)
  if (id !== key || typeof url !== 'string' || !URL.canParse(url) || typeof enabledAt !== 'string' || typeof createdAt !== 'string' || typeof createdBy !== 'string' || secrets.length === 0) return undefined
  const filters = { kinds: textsOf(stored.kinds).filter(isKind), types: textsOf(stored.types), hosts: textsOf(stored.hosts) }
  const status = stored.status === 'enabled' ? 'enabled' : 'disabled'
  const webhook: Webhook = { id: key, url, ...filters, status, disabledReason: typeof disabledReason === 'string' ? disabledReason : null, enabledAt, createdAt, createdBy }
  return { webhook, secrets, others: withoutKeys(stored, [...Object.keys(webhook), 'secrets', 'v']) }
}

function isSecret(value: unknown): value is WebhookSecret {
  const { secret, until } = (value ?? {}) as Partial<Record<keyof WebhookSecret, unknown>>
  return typeof secret === 'string' && secret.startsWith('whsec_') && (until === null || typeof until === 'string')
}

/** The secrets that sign at that time, ms, the current one first. */
export const secretsAt = ({ secrets }: Pick<StoredWebhook, 'secrets'>, now: number): string[] =>
  secrets.flatMap(({ secret, until }) => (until === null || Date.parse(until) > now ? [secret] : []))

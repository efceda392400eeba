import { compareText, NotFound, thisUser, TooLarge, VersionConflict } from '@muster/common'
import type { Logger } from '@muster/common'
import { Rejected } from '@muster/coordination/internal'
import type { Entry, Session } from '@muster/coordination/internal'

import { checkWriteOptions } from '../services/service-patch.js'
import { checkWebhook, checkWebhookState } from './webhook-options.js'
import { decodeWebhook, encodeWebhook, webhookAddress, webhookCollection } from './webhook-record.js'
import type { StoredWebhook, WebhookSource } from './webhook-record.js'
import type { AddWebhookOptions, Webhook, WebhookState, WebhookWithSecret, WebhookWriteOptions } from './webhook.js'

const mostWebhooks = 100
const mostAttempts = 5
/** How long the secret before the current one still signs. */
const overlapMs = 24 * 3_600_000

interface Signalled {
  readonly signal?: AbortSignal | undefined
}

interface Found {
  readonly entry: Entry
  readonly stored: StoredWebhook
}

/** The webhooks of a backend: for those who administer them, and for the one who tells them. */
export class Webhooks implements WebhookSource {
  readonly #session: Session
  readonly #logger: Logger

  constructor(session: Session, logger: Logger) {
    this.#session = session
    this.#logger = logger
  }

  async add(options: AddWebhookOptions, { actor = thisUser(), source, signal }: WebhookWriteOptions = {}): Promise<WebhookWithSecret> {
    checkWriteOptions({ actor, source })
    const now = new Date().toISOString()
    const webhook: Webhook = { id: crypto.randomUUID(), ...checkWebhook(options), status: 'enabled', disabledReason: null, enabledAt: now, createdAt: now, createdBy: actor }
    const count = await this.#session.count(webhookCollection, { consistent: true, signal })
    if (count >= mostWebhooks) throw new TooLarge('The list of webhooks', count + 1, mostWebhooks, { hint: 'Delete those that nobody uses.' })
    const [at, secret] = [webhookAddress(webhook.id), makeSecret()]
    const data = encodeWebhook({ webhook, secrets: [{ secret, until: null }], others: {} })
    // Nobody else makes this id: that it is there says that this was done.
    await this.#session.commit([{ op: 'create', at, data }], { signal, witness: { at, done: (entry) => entry !== undefined } })
    this.#tell('added', webhook, { actor, source })
    return { ...webhook, secret }
  }

  async list({ signal }: Signalled = {}): Promise<readonly Webhook[]> {
    const { entries } = await this.#session.list(webhookCollection, { consistent: true, signal })
    const webhooks = entries.flatMap((entry) => decodeWebhook(entry)?.webhook ?? [])
    return webhooks.sort((one, other) => compareText(one.createdAt, other.createdAt) || compareText(one.id, other.id))
  }

  async rotateSecret(id: string, by: WebhookWriteOptions = {}): Promise<WebhookWithSecret> {
    const secret = makeSecret()
    const until = new Date(Date.now() + overlapMs).toISOString()
    const rotate = (stored: StoredWebhook): StoredWebhook => ({ ...stored, secrets: [{ secret, until: null }, ...stored.secrets.slice(0, 1).map((previous) => ({ ...previous, until }))] })
    const webhook = await this.#change(id, 'secret rotated', rotate, by)
    return { ...webhook, secret }
  }

  setState(id: string, state: WebhookState, by: WebhookWriteOptions = {}): Promise<Webhook> {
    const wanted = checkWebhookState(state)
    const now = new Date().toISOString()
    const set = (stored: StoredWebhook): StoredWebhook => {
      const isEnabled = wanted.status === 'enabled' && stored.webhook.status === 'disabled'
      return { ...stored, webhook: { ...stored.webhook, ...wanted, ...(isEnabled ? { enabledAt: now } : {}) } }
    }
    return this.#change(id, wanted.status, set, by)
  }

  async delete(id: string, { actor = thisUser(), source, signal }: WebhookWriteOptions = {}): Promise<Webhook> {
    checkWriteOptions({ actor, source })
    const { stored: { webhook } } = await this.#find(id, signal)
    const at = webhookAddress(id)
    try {
      await this.#session.commit([{ op: 'delete', at }], { signal, witness: { at, done: (entry) => entry === undefined } })
    } catch (error) {
      throw error instanceof Rejected ? missing(id) : error // another has deleted it meanwhile
    }
    this.#tell('deleted', webhook, { actor, source })
    return webhook
  }

  async read(id: string, { signal }: Signalled = {}): Promise<StoredWebhook> {
    return (await this.#find(id, signal)).stored
  }

  async *watch(signal: AbortSignal): AsyncGenerator<ReadonlyMap<string, StoredWebhook>, void> {
    const known = new Map<string, StoredWebhook>()
    for await (const { reset, synced, changes } of this.#session.watch(webhookCollection, { signal })) {
      if (reset) known.clear()
      for (const change of changes) {
        const stored = change.type === 'put' ? decodeWebhook(change.entry) : undefined
        if (stored) known.set(stored.webhook.id, stored)
        else known.delete((change.type === 'put' ? change.entry : change.before).key)
      }
      if (synced) yield new Map(known)
    }
  }

  async #change(id: string, what: string, change: (stored: StoredWebhook) => StoredWebhook, { actor = thisUser(), source, signal }: WebhookWriteOptions): Promise<Webhook> {
    checkWriteOptions({ actor, source })
    for (let attempt = 1; ; attempt += 1) {
      const { entry, stored } = await this.#find(id, signal)
      const changed = change(stored)
      const data = encodeWebhook(changed)
      const at = webhookAddress(id)
      try {
        await this.#session.commit([{ op: 'put', at, data, version: entry.version }], { signal, witness: { at, done: (now) => (now && Buffer.compare(now.data, data) === 0 ? true : undefined) } })
        this.#tell(what, changed.webhook, { actor, source })
        return changed.webhook
      } catch (error) {
        if (!(error instanceof Rejected)) throw error
        if (attempt === mostAttempts) throw new VersionConflict(`The webhook ${id}`)
      }
    }
  }

  async #find(id: string, signal: AbortSignal | undefined): Promise<Found> {
    if (!/^[\da-f-]{36}$/.test(id)) throw missing(id)
    const entry = await this.#session.read(webhookAddress(id), { consistent: true, signal })
    const stored = entry && decodeWebhook(entry)
    if (!stored) throw missing(id)
    return { entry, stored }
  }

  #tell(what: string, { id, url, status, disabledReason }: Webhook, { actor, source }: WebhookWriteOptions): void {
    this.#logger.info({ audit: `webhook.${what}`, webhook: id, host: new URL(url).host, status, disabledReason, actor, source }, `webhook ${what}`)
  }
}

const missing = (id: string): NotFound => new NotFound(`The webhook ${id}`, { hint: 'svc webhook list names those there are.' })

/** 32 random bytes, as Standard Webhooks writes them. */
const makeSecret = (): string => `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`

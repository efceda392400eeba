import { NotFound } from '@muster/common'
import type { WebhookTest } from '@muster/notifications'
import type { AddWebhookOptions, ListedWebhook, Webhook, WebhookKeeper, WebhookState, WebhookWithSecret, WebhookWriteOptions } from '@muster/servicegroup'

import { actorHeader } from './http-services.js'
import type { Http, Writing } from './http.js'
import type { Reading } from './reading.js'
import { notMuster } from './unreachable.js'
import { isListedWebhook, isWebhook, isWebhookTest, isWebhookWithSecret } from './webhook-rows.js'

interface Signalled {
  readonly signal?: AbortSignal | undefined
}

/** What is sent for a change, besides who makes it. */
interface Request<Row> extends Pick<Writing, 'method' | 'operation' | 'extraMs'> {
  readonly path: string
  readonly content?: object
  readonly isRow: (row: unknown) => row is Row
}

const nothing = new URLSearchParams()
/** So long a server waits for the endpoint of a test. */
const testTimeoutMs = 15_000

/** Makes, lists, changes, tests and deletes webhooks over HTTP. */
export class HttpWebhooks implements WebhookKeeper {
  readonly #http: Http
  readonly #reading: Reading
  readonly #endpoint: string

  constructor(http: Http, reading: Reading, endpoint: string) {
    this.#http = http
    this.#reading = reading
    this.#endpoint = endpoint
  }

  async addWebhook({ url, kinds, types, hosts }: AddWebhookOptions, by?: WebhookWriteOptions): Promise<WebhookWithSecret> {
    return this.#write({ method: 'POST', path: 'v1/webhook', content: { url, kinds, types, hosts }, isRow: isWebhookWithSecret, operation: 'the making of a webhook' }, by)
  }

  async listWebhooks({ signal }: Signalled = {}): Promise<readonly ListedWebhook[]> {
    return (await this.#reading.list('v1/webhook', nothing, isListedWebhook, 'webhooks', signal)).rows
  }

  async rotateWebhookSecret(id: string, by?: WebhookWriteOptions): Promise<WebhookWithSecret> {
    return this.#write({ method: 'POST', path: `${pathOf(id)}/secret`, isRow: isWebhookWithSecret, operation: 'the change of the secret' }, by)
  }

  async setWebhookState(id: string, { status, disabledReason }: WebhookState, by?: WebhookWriteOptions): Promise<Webhook> {
    return this.#write({ method: 'PATCH', path: pathOf(id), content: { status, disabledReason }, isRow: isWebhook, operation: 'the change of the webhook' }, by)
  }

  async deleteWebhook(id: string, by?: WebhookWriteOptions): Promise<Webhook> {
    return this.#write({ method: 'DELETE', path: pathOf(id), isRow: isWebhook, operation: 'the deletion' }, by)
  }

  async testWebhook(id: string, { signal }: Signalled = {}): Promise<WebhookTest> {
    return this.#write({ method: 'POST', path: `${pathOf(id)}/test`, isRow: isWebhookTest, operation: 'the test', extraMs: testTimeoutMs }, { signal })
  }

  async #write<Row>({ content, isRow, ...request }: Request<Row>, { actor, signal }: WebhookWriteOptions = {}): Promise<Row> {
    const headers = { ...(content && { 'Content-Type': 'application/json' }), ...actorHeader(actor) }
    const answer = await this.#http.write({ ...request, query: nothing, headers, ...(content && { body: JSON.stringify(content) }) }, signal)
    if (isRow(answer.content)) return answer.content
    throw notMuster(this.#endpoint, `it does not tell what came of ${request.operation}`)
  }
}

/** @throws NotFound for what would be another path */
function pathOf(id: string): string {
  if (!/^[\w-]+$/.test(id)) throw new NotFound(`The webhook ${id}`)
  return `v1/webhook/${id}`
}

import { messageOf } from '@muster/common'
import type { ServiceGroup } from '@muster/servicegroup'

import { AddressGuard } from './address-guard.js'
import type { AddressRules } from './address-guard.js'
import { isSuccess, makeSender } from './sender.js'
import type { SenderOptions } from './sender.js'

/** What became of a test. */
export interface WebhookTest {
  /** True when the endpoint has taken it: 2xx. */
  readonly told: boolean
  /** Null when there was no answer. */
  readonly status: number | null
  readonly latencyMs: number
  /** The beginning of the answer's body: at most 4 KiB, without control characters. */
  readonly excerpt: string
  /** Why there was no answer. */
  readonly error: string | null
}

/** Sends a webhook one signed message of type `webhook.test`, once, also where it is disabled. Resolves with what came of it. @throws InvalidArgument for a range that is none, NotFound, BackendUnreachable */
export async function testWebhook(serviceGroup: Pick<ServiceGroup, 'webhookSource'>, id: string, { signal = new AbortController().signal, ...options }: SenderOptions & { readonly signal?: AbortSignal | undefined } = {}): Promise<WebhookTest> {
  const send = makeSender(options)
  const stored = await (await serviceGroup.webhookSource()).read(id, { signal })
  const message = { id: crypto.randomUUID(), type: 'webhook.test', timestamp: new Date().toISOString(), data: { webhook: id } }
  const begun = performance.now()
  const latencyMs = (): number => Math.round(performance.now() - begun)
  try {
    const answer = await send(stored, message, signal)
    return { told: isSuccess(answer), status: answer.status, latencyMs: latencyMs(), excerpt: answer.excerpt, error: null }
  } catch (error) {
    signal.throwIfAborted()
    return { told: false, status: null, latencyMs: latencyMs(), excerpt: '', error: messageOf(error) }
  }
}

/** Looks at rules before anything is sent. @throws InvalidArgument for a range that is none */
export function checkWebhookRules(rules: AddressRules): void {
  new AddressGuard(rules)
}

/** Resolves when a webhook may be sent to that URL: for the one who adds it. @throws InvalidArgument for a range that is none, NotAllowed, BackendUnreachable */
export async function checkWebhookAddress(url: string, rules: AddressRules = {}): Promise<void> {
  await new AddressGuard(rules).resolve(new URL(url))
}

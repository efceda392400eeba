import { secretsAt } from '@muster/servicegroup/internal'
import type { StoredWebhook } from '@muster/servicegroup/internal'

import { AddressGuard } from './address-guard.js'
import type { AddressRules } from './address-guard.js'
import { post } from './post.js'
import type { Answer } from './post.js'
import { signedHeaders } from './signature.js'

export interface SenderOptions extends AddressRules {
  /** How long an endpoint may take to answer, ms; default 15,000. */
  readonly timeoutMs?: number | undefined
}

/** What is told. The same at each attempt. */
export interface Message {
  readonly id: string
  readonly type: string
  /** RFC 3339. */
  readonly timestamp: string
  readonly data: object
}

/** Signs something and sends it once. @throws as `post` */
export type Send = (to: StoredWebhook, message: Message, signal: AbortSignal) => Promise<Answer>

const answerTimeoutMs = 15_000

/** @throws InvalidArgument for a range that is none */
export function makeSender({ timeoutMs = answerTimeoutMs, ...rules }: SenderOptions): Send {
  const guard = new AddressGuard(rules)
  return async (to, { id, type, timestamp, data }, signal) => {
    const body = Buffer.from(JSON.stringify({ type, timestamp, data }))
    const now = Date.now()
    const headers = { 'content-type': 'application/json', ...signedHeaders(id, now, body, secretsAt(to, now)) }
    return post(new URL(to.webhook.url), headers, body, { guard, timeoutMs, signal })
  }
}

export const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300

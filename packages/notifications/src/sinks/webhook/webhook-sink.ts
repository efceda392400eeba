import { messageOf } from '@muster/common'
import type { Logger } from '@muster/common'
import { webhookKinds } from '@muster/servicegroup'
import type { StoredWebhook } from '@muster/servicegroup/internal'

import type { ChangeFilter, ChangeLog } from '../../log/change-log.js'
import { changeKindsOf } from '../../notification/notification.js'
import type { Notification } from '../../notification/notification.js'
import { readRetry, writeRetry } from '../retries.js'
import { RetryLater } from '../sink.js'
import type { Sink } from '../sink.js'
import type { Answer } from './post.js'
import { pauseAfter, retrySchedule } from './retry-schedule.js'
import { isSuccess } from './sender.js'
import type { Send } from './sender.js'

export interface WebhookSinkOptions {
  readonly log: ChangeLog
  readonly logger: Logger
  readonly send: Send
  /** How long after the attempt before it each attempt is made, ms. */
  readonly schedule?: readonly number[] | undefined
  /** The webhook as it is now. */
  readonly current: () => StoredWebhook
  /** Disables it. */
  readonly disable: (reason: string) => Promise<void>
}

interface Failure {
  readonly reason: string
  readonly isFinal?: boolean
  readonly retryAfter?: string | undefined
}

const longestReason = 255

/** Under which name the place of a webhook in the log is kept. */
export const webhookSinkPrefix = 'webhook/'
export const webhookSinkName = (id: string): string => `${webhookSinkPrefix}${id}`

/**
 * One webhook: a request for each notification, the next one when this one was taken. One that fails is tried again by the schedule, whose place is kept
 * with the log; after the last attempt, and when the endpoint says that it is gone, the webhook is disabled.
 */
export class WebhookSink implements Sink {
  readonly name: string
  readonly filter: ChangeFilter
  readonly atOnce = 1
  readonly #options: WebhookSinkOptions

  constructor(options: WebhookSinkOptions) {
    const { webhook } = options.current()
    this.#options = options
    this.name = webhookSinkName(webhook.id)
    const or = (values: readonly string[]): readonly string[] | undefined => (values.length === 0 ? undefined : values)
    this.filter = { kind: changeKindsOf(webhook.kinds.length === 0 ? webhookKinds : webhook.kinds), type: or(webhook.types), host: or(webhook.hosts) }
  }

  async send(notifications: readonly Notification[], signal: AbortSignal): Promise<void> {
    for (const notification of notifications) await this.#send(notification, signal)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  async #send(notification: Notification, signal: AbortSignal): Promise<void> {
    const { log, schedule = retrySchedule, current } = this.#options
    const { seq } = notification
    const since = current().webhook.enabledAt
    const last = await readRetry(log, this.name, signal)
    const retry = last?.seq === seq && last.since === since ? last : undefined
    if (retry && retry.at > Date.now()) throw new RetryLater(retry.at - Date.now(), retry.failure)
    const failure = await this.#attempt(notification, signal)
    if (!failure) return
    const attempts = (retry?.attempts ?? 0) + 1
    const pauseMs = failure.isFinal === true ? undefined : pauseAfter(attempts, schedule, failure.retryAfter, Date.now())
    if (pauseMs === undefined) return this.#disable(failure.isFinal === true ? failure.reason : `${attempts} attempts have failed, the last: ${failure.reason}`)
    await writeRetry(log, this.name, { seq, since, attempts, at: Math.ceil(Date.now() + pauseMs), failure: failure.reason }, signal)
    throw new RetryLater(pauseMs, failure.reason)
  }

  async #attempt(notification: Notification, signal: AbortSignal): Promise<Failure | undefined> {
    const { message_id: id, event_type: type, timestamp } = notification
    try {
      const { send, current } = this.#options
      const answer = await send(current(), { id, type, timestamp: isoOf(timestamp), data: notification }, signal)
      return isSuccess(answer) ? undefined : failureOf(answer)
    } catch (error) {
      signal.throwIfAborted()
      return { reason: messageOf(error) }
    }
  }

  /** Rejects in any case: this notification was not taken. Who made the sink ends it when the webhook is seen to be disabled. */
  async #disable(reason: string): Promise<never> {
    await this.#options.disable(reason.slice(0, longestReason))
    this.#options.logger.warn({ webhook: this.#options.current().webhook.id, reason }, 'a webhook is disabled, its endpoint takes nothing')
    throw new RetryLater(Infinity, reason)
  }
}

function failureOf({ status, retryAfter }: Answer): Failure {
  if (status === 410) return { reason: 'the endpoint says that it is gone: HTTP 410', isFinal: true }
  if (status >= 300 && status < 400) return { reason: `the endpoint sends elsewhere, which is not followed: HTTP ${status}` }
  return { reason: `the endpoint does not take it: HTTP ${status}`, retryAfter }
}

/** Python's way of a time in the way of RFC 3339. */
const isoOf = (timestamp: string): string => timestamp.replace(' ', 'T').replace(/000$/, 'Z')

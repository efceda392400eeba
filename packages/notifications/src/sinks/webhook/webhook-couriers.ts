import { isMusterError, repeat } from '@muster/common'
import type { Logger } from '@muster/common'
import type { ServiceGroup } from '@muster/servicegroup'
import type { StoredWebhook } from '@muster/servicegroup/internal'

import type { FollowedLog } from '../../log/follow.js'
import type { Couriers, OpenCouriers } from '../../observer/observer.js'
import { Courier } from '../courier.js'
import type { SinkStatus } from '../courier.js'
import { forgetSinks } from '../retries.js'
import { makeSender } from './sender.js'
import type { Send, SenderOptions } from './sender.js'
import { WebhookSink, webhookSinkName, webhookSinkPrefix } from './webhook-sink.js'

export interface WebhookCouriersOptions extends SenderOptions {
  /** How long after the attempt before it each attempt is made, ms. Default: 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
  readonly schedule?: readonly number[] | undefined
}

type Webhooks = Pick<ServiceGroup, 'webhookSource' | 'setWebhookState'>

interface Running {
  stored: StoredWebhook
  readonly courier: Courier
}

/** A courier for each webhook of a store that is enabled, as they come and go: for `couriers` of an observer. @throws InvalidArgument for a range that is none */
export function webhookCouriers(serviceGroup: Webhooks, { schedule, ...options }: WebhookCouriersOptions = {}): OpenCouriers {
  const send = makeSender(options)
  return (followed, logger) => new WebhookCouriers(serviceGroup, followed, logger, { send, schedule })
}

interface Delivery {
  readonly send: Send
  readonly schedule: readonly number[] | undefined
}

class WebhookCouriers implements Couriers {
  readonly #serviceGroup: Webhooks
  readonly #followed: FollowedLog
  readonly #logger: Logger
  readonly #delivery: Delivery
  readonly #closing = new AbortController()
  readonly #running = new Map<string, Running>()
  readonly #done: Promise<void>

  constructor(serviceGroup: Webhooks, followed: FollowedLog, logger: Logger, delivery: Delivery) {
    this.#serviceGroup = serviceGroup
    this.#followed = followed
    this.#logger = logger
    this.#delivery = delivery
    this.#done = repeat(() => this.#follow(), this.#closing.signal, (error) => logger.warn({ err: error }, 'the webhooks cannot be followed'))
  }

  statuses(): readonly SinkStatus[] {
    return [...this.#running.values()].map(({ courier }) => courier.status)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#done
    await this.#stop(() => true)
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing
    const source = await this.#serviceGroup.webhookSource()
    for await (const webhooks of source.watch(signal)) {
      const isOver = ({ webhook: { id, enabledAt } }: StoredWebhook): boolean => {
        const now = webhooks.get(id)?.webhook
        return now?.status !== 'enabled' || now.enabledAt !== enabledAt // disabled and enabled again between two looks
      }
      await this.#stop(isOver)
      for (const stored of webhooks.values()) this.#bringUpToDate(stored)
      await forgetSinks(this.#followed.log, webhookSinkPrefix, [...webhooks.keys()].map(webhookSinkName), signal)
    }
  }

  #bringUpToDate(stored: StoredWebhook): void {
    const { id, status } = stored.webhook
    const running = this.#running.get(id)
    if (running) running.stored = stored
    else if (status === 'enabled' && !this.#closing.signal.aborted) this.#running.set(id, this.#start(stored))
  }

  #start(stored: StoredWebhook): Running {
    const { id } = stored.webhook
    const current = (): StoredWebhook => this.#running.get(id)?.stored ?? stored
    const disable = (reason: string): Promise<void> => this.#disable(id, reason)
    const sink = new WebhookSink({ ...this.#delivery, log: this.#followed.log, logger: this.#logger, current, disable })
    return { stored, courier: new Courier(this.#followed, sink, { logger: this.#logger }) }
  }

  async #disable(id: string, reason: string): Promise<void> {
    try {
      await this.#serviceGroup.setWebhookState(id, { status: 'disabled', disabledReason: reason }, { source: 'delivery' })
    } catch (error) {
      if (!isMusterError(error, 'not_found')) throw error // it was deleted meanwhile
    }
  }

  async #stop(isOver: (stored: StoredWebhook) => boolean): Promise<void> {
    const over = [...this.#running].filter(([, { stored }]) => isOver(stored))
    for (const [id] of over) this.#running.delete(id)
    await Promise.all(over.map(([, { courier }]) => courier.close()))
  }
}

import { setTimeout as delay } from 'node:timers/promises'

import { BackendUnreachable, isMusterError, messageOf } from '@muster/common'
import type { Logger } from '@muster/common'
import { parseHistoryUrl } from '@muster/database/history'
import { ChangeLog, ChangeTail, Observer, webhookCouriers } from '@muster/notifications'
import type { AddressRules, ObserverOptions, SinkStatus } from '@muster/notifications'
import type { ServiceGroup } from '@muster/servicegroup'

/** A log that is open, and its latest changes. */
export interface OpenHistory {
  readonly log: ChangeLog
  readonly tail: ChangeTail
}

/** What a server tells of its history beside the changes: `unreachable` while its database is away, else as `Observer`'s state. */
export interface HistoryStatus {
  readonly state: 'unreachable' | Observer['state']
  readonly reason: string | null
}

export interface ServerHistoryOptions extends ObserverOptions {
  readonly logger: Logger
  /** To which addresses webhooks may be sent; undefined: nobody is told. */
  readonly webhooks: AddressRules | undefined
}

/** What it takes of a service group. */
type Observed = Pick<ServiceGroup, 'view' | 'changeSource' | 'webhookSource' | 'setWebhookState'>

const [firstBackoffMs, longestBackoffMs] = [200, 10_000]

/** The history that a server keeps, or reads while another keeps it. Its database may be away: the server serves all the same. */
export class ServerHistory {
  readonly #url: string
  readonly #shown: string
  readonly #logger: Logger
  readonly #closing = new AbortController()
  readonly #options: ObserverOptions
  readonly #webhooks: AddressRules | undefined
  #opening: Promise<void> | undefined
  #open: (OpenHistory & { readonly observer: Observer }) | undefined
  #failure: unknown

  /** @throws InvalidArgument for a URL that is wrong */
  constructor(url: string, { logger, webhooks, ...options }: ServerHistoryOptions) {
    this.#url = url
    this.#shown = parseHistoryUrl(url).shown
    this.#logger = logger
    this.#options = options
    this.#webhooks = webhooks
  }

  /** Begins to open it, and to keep it. */
  begin(serviceGroup: Observed): void {
    this.#opening ??= this.#openUntilDone(serviceGroup)
  }

  /** False where notifications are turned off. */
  get isTold(): boolean {
    return this.#webhooks !== undefined
  }

  /** @throws BackendUnreachable while it is not open */
  get open(): OpenHistory {
    if (this.#open) return this.#open
    throw new BackendUnreachable(this.#shown, this.#failure === undefined ? 'it is being opened' : messageOf(this.#failure), { cause: this.#failure, hint: 'The history is in this database; lists and changes of services do not need it.' })
  }

  get status(): HistoryStatus {
    if (!this.#open) return { state: 'unreachable', reason: this.#failure === undefined ? null : messageOf(this.#failure) }
    const { state, reason } = this.#open.observer
    return { state, reason: reason ?? null }
  }

  /** How the sinks do that this server tells. */
  sinks(): readonly SinkStatus[] {
    return this.#open?.observer.sinks() ?? []
  }

  /** Resolves when another server can go on. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#opening
    await this.#open?.observer.close()
    await this.#open?.tail.close()
    await this.#open?.log.close()
  }

  async #openUntilDone(serviceGroup: Observed): Promise<void> {
    const { signal } = this.#closing
    for (let backoffMs = firstBackoffMs; !signal.aborted; backoffMs = Math.min(backoffMs * 2, longestBackoffMs)) {
      try {
        const log = await ChangeLog.open(this.#url, { signal })
        const observer = await Observer.begin(serviceGroup, log, { logger: this.#logger, ...this.#options, couriers: this.#webhooks ? [webhookCouriers(serviceGroup, this.#webhooks)] : [] })
        this.#open = { log, observer, tail: new ChangeTail(log, { logger: this.#logger }) }
        return
      } catch (error) {
        if (this.#closing.signal.aborted || isMusterError(error, 'closed')) return
        this.#failure = error
        this.#logger.error({ err: error, database: this.#shown }, 'the history cannot be opened, trying again')
        await delay(backoffMs * (0.5 + Math.random()), undefined, { ref: false, signal }).catch(() => undefined)
      }
    }
  }
}

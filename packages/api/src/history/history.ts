import type { Logger } from '@muster/common'
import { ChangeLog, ChangeTail, Observer, webhookCouriers } from '@muster/notifications'
import type { AddressRules, ObserverOptions, SinkStatus } from '@muster/notifications'
import type { ServiceGroup } from '@muster/servicegroup'

import { LateDatabase } from './late-database.js'

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

/** The history that a server keeps, or reads while another keeps it. Its database may be away: the server serves all the same. */
export class ServerHistory {
  readonly #url: string
  readonly #logger: Logger
  readonly #options: ObserverOptions
  readonly #webhooks: AddressRules | undefined
  readonly #database: LateDatabase<OpenHistory & { readonly observer: Observer }>

  /** @throws InvalidArgument for a URL that is wrong */
  constructor(url: string, { logger, webhooks, ...options }: ServerHistoryOptions) {
    this.#url = url
    this.#logger = logger
    this.#options = options
    this.#webhooks = webhooks
    this.#database = new LateDatabase(url, 'history', logger)
  }

  /** Begins to open it, and to keep it. */
  begin(serviceGroup: Observed): void {
    this.#database.begin(async (signal) => {
      const log = await ChangeLog.open(this.#url, { signal })
      const tail = new ChangeTail(log, { logger: this.#logger })
      const observer = await Observer.begin(serviceGroup, log, { logger: this.#logger, tail, ...this.#options, couriers: this.#webhooks ? [webhookCouriers(serviceGroup, this.#webhooks)] : [] })
      return { log, observer, tail }
    })
  }

  /** False where notifications are turned off. */
  get isTold(): boolean {
    return this.#webhooks !== undefined
  }

  /** @throws BackendUnreachable while it is not open */
  get open(): OpenHistory {
    return this.#database.content
  }

  get status(): HistoryStatus {
    const { opened, failure } = this.#database
    if (!opened) return { state: 'unreachable', reason: failure ?? null }
    const { state, reason } = opened.observer
    return { state, reason: reason ?? null }
  }

  /** How the sinks do that this server tells. */
  sinks(): readonly SinkStatus[] {
    return this.#database.opened?.observer.sinks() ?? []
  }

  /** Resolves when another server can go on. */
  async close(): Promise<void> {
    const opened = await this.#database.stop()
    await opened?.observer.close()
    await opened?.tail.close()
    await opened?.log.close()
  }
}

import type { Logger } from '@muster/common'
import type { WebhookTest } from '@muster/notifications'
import type {
  AddWebhookOptions,
  CreatedToken,
  CreateTokenOptions,
  DeleteOptions,
  Explanation,
  Group,
  Host,
  ListedWebhook,
  ReadServicesOptions,
  Service,
  ServiceChange,
  ServiceFilter,
  ServiceGroupApi,
  ServiceId,
  ServicePatch,
  ServicesAnswer,
  Token,
  TokenWriteOptions,
  WatchServicesOptions,
  WatchWorkersOptions,
  Webhook,
  WebhookState,
  WebhookWithSecret,
  WebhookWriteOptions,
  Worker,
  WorkerChange,
  WorkerFilter,
  WriteOptions,
  Zone,
} from '@muster/servicegroup'

import type { Calls } from './calls.js'
import { connectToEvents } from './event-stream.js'
import type { Http } from './http.js'
import { HttpServices } from './http-services.js'
import { HttpTokens } from './http-tokens.js'
import { HttpWebhooks } from './http-webhooks.js'
import { toQuery, toServicesQuery } from './query.js'
import { Reading } from './reading.js'
import { isGroup, isWorker } from './rows.js'
import { serviceTopic, workerTopic } from './topic.js'
import type { Topic } from './topic.js'
import { parseWatchEvent } from './watch-events.js'
import { watchByEvents } from './watch-rows.js'

interface Signalled {
  readonly signal?: AbortSignal | undefined
}

export interface HttpServiceGroupOptions {
  /** The endpoint as the caller wrote it. */
  readonly endpoint: string
  readonly timeoutMs: number
  readonly silentMs: number
  readonly logger: Logger
}

/** What a server offers: the servicegroup API, and what only a server can do for a caller. */
export interface ServiceGroupClient extends ServiceGroupApi {
  /** Has the server send a webhook one signed test. Resolves with what came of it; it may take `timeoutMs` and 15 s. @throws NotFound, OutcomeUnknown */
  testWebhook(id: string, options?: Signalled): Promise<WebhookTest>
}

/** The servicegroup API on one server. */
export class HttpServiceGroup implements ServiceGroupClient {
  readonly #calls: Calls
  readonly #http: Http
  readonly #options: HttpServiceGroupOptions
  readonly #reading: Reading
  readonly #services: HttpServices
  readonly #tokens: HttpTokens
  readonly #webhooks: HttpWebhooks

  constructor(calls: Calls, http: Http, options: HttpServiceGroupOptions) {
    this.#calls = calls
    this.#http = http
    this.#options = options
    this.#reading = new Reading(http, options.endpoint, options.logger)
    this.#services = new HttpServices(http, this.#reading, options.endpoint)
    this.#tokens = new HttpTokens(http, this.#reading, options.endpoint)
    this.#webhooks = new HttpWebhooks(http, this.#reading, options.endpoint)
  }

  async workers(filter: WorkerFilter = {}, { signal }: Signalled = {}): Promise<readonly Worker[]> {
    return (await this.#reading.list('v1/service', toQuery(filter), isWorker, 'workers', signal)).rows
  }

  async groups({ signal }: Signalled = {}): Promise<readonly Group[]> {
    return (await this.#reading.list('v1/group', new URLSearchParams(), isGroup, 'groups', signal)).rows
  }

  watchWorkers(filter: WorkerFilter = {}, options: WatchWorkersOptions = {}): AsyncGenerator<readonly WorkerChange[], void> {
    return this.#watch(workerTopic, toQuery(filter), options)
  }

  watch(filter: ServiceFilter = {}, options: WatchServicesOptions = {}): AsyncGenerator<readonly ServiceChange[], void> {
    return this.#watch(serviceTopic, toServicesQuery(filter), options)
  }

  getOne(id: ServiceId, options?: ReadServicesOptions): Promise<{ service: Service | undefined; asOf: number }> {
    return this.#services.getOne(id, options)
  }

  getMany(filter?: ServiceFilter, options?: ReadServicesOptions): Promise<ServicesAnswer> {
    return this.#services.getMany(filter, options)
  }

  isUp(id: ServiceId, options?: ReadServicesOptions): Promise<boolean> {
    return this.#services.isUp(id, options)
  }

  explain(id: ServiceId, options?: Signalled): Promise<Explanation> {
    return this.#services.explain(id, options)
  }

  hosts(options?: ReadServicesOptions): Promise<{ hosts: readonly Host[]; asOf: number }> {
    return this.#services.hosts(options)
  }

  zones(options?: ReadServicesOptions): Promise<{ zones: readonly Zone[]; asOf: number }> {
    return this.#services.zones(options)
  }

  update(id: ServiceId, patch: ServicePatch, options?: WriteOptions): Promise<Service> {
    return this.#services.update(id, patch, options)
  }

  delete(id: ServiceId, options?: DeleteOptions): Promise<Service> {
    return this.#services.delete(id, options)
  }

  createToken(options: CreateTokenOptions, by?: TokenWriteOptions): Promise<CreatedToken> {
    return this.#tokens.createToken(options, by)
  }

  listTokens(options?: Signalled): Promise<readonly Token[]> {
    return this.#tokens.listTokens(options)
  }

  revokeToken(id: string, by?: TokenWriteOptions): Promise<Token> {
    return this.#tokens.revokeToken(id, by)
  }

  addWebhook(options: AddWebhookOptions, by?: WebhookWriteOptions): Promise<WebhookWithSecret> {
    return this.#webhooks.addWebhook(options, by)
  }

  listWebhooks(options?: Signalled): Promise<readonly ListedWebhook[]> {
    return this.#webhooks.listWebhooks(options)
  }

  rotateWebhookSecret(id: string, by?: WebhookWriteOptions): Promise<WebhookWithSecret> {
    return this.#webhooks.rotateWebhookSecret(id, by)
  }

  setWebhookState(id: string, state: WebhookState, by?: WebhookWriteOptions): Promise<Webhook> {
    return this.#webhooks.setWebhookState(id, state, by)
  }

  deleteWebhook(id: string, by?: WebhookWriteOptions): Promise<Webhook> {
    return this.#webhooks.deleteWebhook(id, by)
  }

  testWebhook(id: string, options?: Signalled): Promise<WebhookTest> {
    return this.#webhooks.testWebhook(id, options)
  }

  close(): Promise<void> {
    return this.#calls.close()
  }

  async *#watch<Row, Change>(topic: Topic<Row, Change>, query: URLSearchParams, { signal, onConnection }: WatchServicesOptions): AsyncGenerator<readonly Change[], void> {
    const [calls, http] = [this.#calls, this.#http]
    const { endpoint, timeoutMs, silentMs, logger } = this.#options
    try {
      yield* watchByEvents({
        topic,
        connect: (lastEventId) => connectToEvents({ path: 'v1/watch', parse: (message) => parseWatchEvent(topic, message), http, calls, query, lastEventId, signal, endpoint, timeoutMs, silentMs }),
        pause: (ms) => calls.pause(ms, { signal }),
        endpoint,
        logger,
        onConnection,
      })
    } catch (error) {
      if (signal?.aborted !== true) throw error
    }
  }
}

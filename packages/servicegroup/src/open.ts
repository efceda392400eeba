import { backendUrl, Closed, silentLogger } from '@muster/common'
import { Coordinator } from '@muster/coordination'
import { openSession } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'

import type { ChangeSource } from './history/change-source.js'
import type { JoinOptions, LiveView, Membership, ServiceGroup, ServiceGroupOptions } from './service-group.js'
import { AuditLog } from './services/audit-log.js'
import type { CopiedServices, otherContents } from './services/copy-services.js'
import type { ServiceCopy } from './services/service-copy.js'
import type { ImportOptions } from './services/service-import.js'
import { Services, watchServices } from './services/services.js'
import { ServicesView } from './services/services-view.js'
import type { DeleteOptions, Explanation, Host, ReadServicesOptions, Service, ServiceChange, ServiceFilter, ServiceId, ServicePatch, ServicesAnswer, WatchServicesOptions, WriteOptions, Zone } from './services/service.js'
import { Tokens } from './tokens/tokens.js'
import { TokensView } from './tokens/tokens-view.js'
import type { CreatedToken, CreateTokenOptions, Token, TokenWriteOptions } from './tokens/token.js'
import { watchView } from './watch-view.js'
import type { AddWebhookOptions, Webhook, WebhookState, WebhookWithSecret, WebhookWriteOptions } from './webhooks/webhook.js'
import type { WebhookSource } from './webhooks/webhook-record.js'
import type { Webhooks } from './webhooks/webhooks.js'
import { joinOn } from './workers/join.js'
import { CoordinatorView } from './workers/live-view.js'
import { PendingChanges } from './workers/pending-changes.js'
import { readGroupRows, readWorkers } from './workers/read-workers.js'
import type { Group, WatchWorkersOptions, Worker, WorkerChange, WorkerFilter } from './workers/worker.js'
import { matchesFilter, narrowChange } from './workers/worker-filter.js'

interface Signalled {
  readonly signal?: AbortSignal | undefined
}

class BackendServiceGroup implements ServiceGroup {
  readonly #backend: string
  readonly #session: Session
  readonly #coordinator: Coordinator
  readonly #options: ServiceGroupOptions
  readonly #services: Services
  readonly #tokens: Tokens
  readonly #memberships = new Set<Membership>()
  #view: CoordinatorView | undefined
  #servicesView: ServicesView | undefined
  #tokensView: TokensView | undefined
  #closing: Promise<void> | undefined

  constructor(backend: string, session: Session, options: ServiceGroupOptions) {
    this.#backend = backend
    this.#session = session
    this.#coordinator = new Coordinator(session, options)
    this.#options = options
    this.#tokens = new Tokens(session, options.logger ?? silentLogger)
    this.#services = new Services({
      session,
      logger: options.logger ?? silentLogger,
      readWorkers: (signal) => this.workers({}, { signal }),
      openView: () => this.#servicesView,
    })
  }

  async join(options: JoinOptions = {}): Promise<Membership> {
    this.#mustBeOpen()
    const membership = await joinOn(this.#backend, options, this.#options)
    this.#memberships.add(membership)
    return membership
  }

  workers(filter: WorkerFilter = {}, { signal }: Signalled = {}): Promise<readonly Worker[]> {
    return readWorkers(this.#coordinator, filter, { signal, logger: this.#options.logger })
  }

  groups({ signal }: Signalled = {}): Promise<readonly Group[]> {
    return readGroupRows(this.#coordinator, { signal, logger: this.#options.logger })
  }

  async *watchWorkers(filter: WorkerFilter = {}, options: WatchWorkersOptions = {}): AsyncGenerator<readonly WorkerChange[], void> {
    if (!(await this.#answers(options))) return
    const first = (): WorkerChange[] => this.view().workers().flatMap((worker) => (matchesFilter(filter, worker) ? [{ type: 'joined', worker } as const] : []))
    const narrow = (change: WorkerChange): WorkerChange | undefined => narrowChange(filter, change)
    yield* watchView(() => this.view(), { first, narrow, pending: new PendingChanges() }, options)
  }

  async *watch(filter: ServiceFilter = {}, options: WatchServicesOptions = {}): AsyncGenerator<readonly ServiceChange[], void> {
    if (!(await this.#answers(options))) return
    yield* watchServices(() => this.servicesView(), filter, options)
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
    return this.#tokens.create(options, by)
  }

  listTokens(options?: Signalled): Promise<readonly Token[]> {
    return this.#tokens.list(options)
  }

  revokeToken(id: string, by?: TokenWriteOptions): Promise<Token> {
    return this.#tokens.revoke(id, by)
  }

  async addWebhook(options: AddWebhookOptions, by?: WebhookWriteOptions): Promise<WebhookWithSecret> {
    return (await this.#webhooks()).add(options, by)
  }

  async listWebhooks(options?: Signalled): Promise<readonly Webhook[]> {
    return (await this.#webhooks()).list(options)
  }

  async rotateWebhookSecret(id: string, by?: WebhookWriteOptions): Promise<WebhookWithSecret> {
    return (await this.#webhooks()).rotateSecret(id, by)
  }

  async setWebhookState(id: string, state: WebhookState, by?: WebhookWriteOptions): Promise<Webhook> {
    return (await this.#webhooks()).setState(id, state, by)
  }

  async deleteWebhook(id: string, by?: WebhookWriteOptions): Promise<Webhook> {
    return (await this.#webhooks()).delete(id, by)
  }

  view(): LiveView {
    this.#mustBeOpen()
    this.#view ??= new CoordinatorView(this.#coordinator)
    return this.#view
  }

  servicesView(): ServicesView {
    this.#mustBeOpen()
    this.#servicesView ??= new ServicesView(this.#session, this.view())
    return this.#servicesView
  }

  tokensView(): TokensView {
    this.#mustBeOpen()
    this.#tokensView ??= new TokensView(this.#session)
    return this.#tokensView
  }

  // What migrations, histories and webhooks alone need is loaded for them alone.
  async copyServices({ signal }: Signalled = {}): Promise<CopiedServices> {
    return (await import('./services/copy-services.js')).copyServices(this.#session, signal)
  }

  async importServices(copies: Iterable<ServiceCopy>, options: ImportOptions = {}): Promise<void> {
    const { ServiceImporter } = await import('./services/service-import.js')
    return new ServiceImporter(this.#session, new AuditLog(this.#options.logger ?? silentLogger)).importAll(copies, options)
  }

  async countOthers({ signal }: Signalled = {}): Promise<Record<(typeof otherContents)[number], number>> {
    return (await import('./services/copy-services.js')).countOthers(this.#session, signal)
  }

  async changeSource(): Promise<ChangeSource> {
    this.#mustBeOpen()
    const { ChangeSource: Source } = await import('./history/change-source.js')
    return new Source(this.#session, this.#options.logger ?? silentLogger)
  }

  webhookSource(): Promise<WebhookSource> {
    return this.#webhooks()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#memberships].map((membership) => membership.leave()))
    await this.#tokensView?.close()
    await this.#servicesView?.close()
    await this.#view?.close()
    await this.#coordinator.close()
  }

  async #webhooks(): Promise<Webhooks> {
    this.#mustBeOpen()
    const { Webhooks: Opened } = await import('./webhooks/webhooks.js')
    return new Opened(this.#session, this.#options.logger ?? silentLogger)
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new Closed('The service group')
  }

  /** A view waits for ever; this fails when nobody answers. False when the caller has given up. */
  async #answers({ signal }: Signalled): Promise<boolean> {
    this.#mustBeOpen()
    try {
      await this.#coordinator.getGroups({ signal })
      return true
    } catch (error) {
      if (signal?.aborted === true) return false
      throw error
    }
  }
}

/**
 * Opens the servicegroup API straight on a backend; nothing is made or written before the first join or change. `backend`
 * defaults to `SVC_BACKEND`, else the embedded store at its default place.
 * @throws InvalidArgument, with a suggestion, for an unknown scheme or option; NotSupported if a package is missing.
 */
export async function openServiceGroup(backend = backendUrl(), options: ServiceGroupOptions = {}): Promise<ServiceGroup> {
  return new BackendServiceGroup(backend, await openSession(backend, { logger: options.logger ?? silentLogger }), options)
}

import type { Logger } from '@muster/common'
import type { ConnectionState } from '@muster/coordination'

import type { ChangeSource } from './history/change-source.js'
import type { CopiedServices, otherContents } from './services/copy-services.js'
import type { ServiceCopy } from './services/service-copy.js'
import type { ImportOptions } from './services/service-import.js'
import type { ServiceReader, ServiceWriter } from './services/service.js'
import type { ServicesView } from './services/services-view.js'
import type { TokenKeeper } from './tokens/token.js'
import type { TokensView } from './tokens/tokens-view.js'
import type { WebhookSource } from './webhooks/webhook-record.js'
import type { WebhookKeeper } from './webhooks/webhook.js'
import type { Group, Worker, WorkerChange, WorkerReader } from './workers/worker.js'

/** What a worker says of itself. Everything is optional: `join()` alone is enough. */
export interface JoinOptions {
  /** Default `SVC_GROUP`, else `default`. Created if it is not there. */
  readonly group?: string | undefined
  /** Default `SVC_NAME`, else the name of the script that Node runs. At most 4096 characters. */
  readonly name?: string | undefined
  /** Default: the name without a trailing ` worker(N)` or ` worker N`. */
  readonly type?: string | undefined
  /** Default `SVC_HOSTNAME`, else `HOST_HOSTNAME`, else the system's host name. */
  readonly hostname?: string | undefined
  /** Process id; default: this process. */
  readonly process?: number | undefined
  readonly region?: string | undefined
  readonly zone?: string | undefined
  readonly version?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** Leave the group on SIGTERM and SIGINT, then let the signal end the process (exit status 1 if leaving failed). Default false. */
  readonly leaveOnSignal?: boolean | undefined
  /**
   * Tell in the list when this process's event loop is blocked for a second or more at a stretch (`lagMs`). Costs a write when
   * that begins and one when it is over. Default true; a worker that stands for another `process` never tells it.
   */
  readonly publishLag?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** One worker's place in a group, kept over lost sessions until `leave()`. */
export interface Membership extends AsyncDisposable {
  /** What is listed; `incarnation` grows with each rejoin. */
  readonly worker: Worker
  readonly state: 'joined' | 'suspended' | 'rejoining' | 'left'
  /** Yields the current state at once, then every change; ends after `left`. */
  states(): AsyncIterable<Membership['state']>
  /**
   * Leaves the group. Resolves when no list shows the worker any more. After `timeoutMs` (default 3000) it rejects
   * with OperationTimedOut: renewals have stopped and the entry goes with its session.
   */
  leave(options?: { timeoutMs?: number }): Promise<void>
}

/** Hears what happened to the workers, in order; nothing at the first sync, and when groups or the connection alone have changed. */
export type ChangeListener = (changes: readonly WorkerChange[]) => void

/** Every worker of every group, live in memory: what an API server answers from. */
export interface LiveView {
  /** Sorted; the same array until something changes. Empty before `synced`. */
  workers(): readonly Worker[]
  /** Sorted; the same array until something changes. Empty before `synced`. */
  groups(): readonly Group[]
  /** True once the backend's whole state has been seen, and from then on. */
  readonly synced: boolean
  /** Wall time in ms when the view was last known to equal the backend; NaN before `synced`. */
  asOf(): number
  readonly connection: ConnectionState
  /** How long after `asOf` an answer may still be given as if current, ms: the session timeout. */
  readonly timeoutMs: number
  /**
   * Calls `listener` at the first sync and after each change of `workers()`, `groups()` or `connection`; returns the way
   * to stop it. From the first sync on, `workers()` is what it was then with all the changes told since.
   */
  onChange(listener: ChangeListener): () => void
}

/** What is the same straight on a backend and over HTTP (@muster/client): every read, every change of a service, the tokens and the webhooks. */
export interface ServiceGroupApi extends WorkerReader, ServiceReader, ServiceWriter, TokenKeeper, WebhookKeeper {}

/** The one path by which workers join and services are read and changed, straight on a backend. */
export interface ServiceGroup extends ServiceGroupApi {
  /** Joins a group, and registers the worker's service if it is not known. Resolves when every list shows the worker. @throws BackendUnreachable, InvalidArgument, TooLarge. */
  join(options?: JoinOptions): Promise<Membership>
  /** The live view, opened at the first call and shared; resolves at once, before it is synced. */
  view(): LiveView
  /** What the one who keeps a history takes from the backend. */
  changeSource(): Promise<ChangeSource>
  /** What the one who tells webhooks takes from the backend: their secrets too. */
  webhookSource(): Promise<WebhookSource>
  /** The live view of services, as `view()`; while it is open and up to date, reads of services are answered from it. */
  servicesView(): ServicesView
  /** The live view of tokens, as `view()`: what a server asks who may what. */
  tokensView(): TokensView
  /** Every service with all that is kept of it, asked of the backend: what another backend can take over. */
  copyServices(options?: { readonly signal?: AbortSignal | undefined }): Promise<CopiedServices>
  /**
   * Takes services over from elsewhere, each in one commit with its change. One that is not there is created, under its own uuid unless
   * a service of its type and host was there before; of one that is there only the administrative fields are changed, and nothing is
   * written where they are equal. So it may be repeated. Resolves when all are settled. When `signal` aborts it begins no other, and
   * rejects when those under way are settled. @throws what keeps all: BackendUnreachable, NotAllowed, OutcomeUnknown, Closed
   */
  importServices(copies: Iterable<ServiceCopy>, options?: ImportOptions): Promise<void>
  /** How much a backend holds that is of no other: groups, names of locks, changes in the outbox, tokens, webhooks. */
  countOthers(options?: { readonly signal?: AbortSignal | undefined }): Promise<Readonly<Record<(typeof otherContents)[number], number>>>
}

export interface ServiceGroupOptions {
  readonly logger?: Logger | undefined
  readonly signal?: AbortSignal | undefined
}

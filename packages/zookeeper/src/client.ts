import { NotSupported } from '@muster/common'

import type { Acl } from './acl.js'
import { Create, isEphemeralMode, remove, setAcl, setData } from './changes.js'
import type { Created, CreateMode } from './changes.js'
import { isZooKeeperError } from './errors.js'
import { Multi } from './multi.js'
import type { MultiDone, MultiOp } from './multi.js'
import { getAcl, sync } from './operations.js'
import { toSettings } from './options.js'
import type { ClientOptions, Settings } from './options.js'
import { OwnNodes } from './own-nodes.js'
import { Paths } from './paths.js'
import { ReadingClient } from './reads.js'
import type { CallOptions, Reads } from './reads.js'
import { parseServers } from './servers.js'
import { Session } from './session.js'
import type { SessionState } from './session-state.js'
import type { Stat } from './stat.js'
import { addWatch, removeWatch } from './watches.js'
import type { WatchEvent, WatchListener } from './watches.js'

const noData = new Uint8Array()

export interface ChangeOptions extends CallOptions {
  /** Only in the session of this epoch (`state.epoch`); in another one SessionLost. For what belongs to a session. */
  readonly epoch?: number | undefined
}

export interface CreateOptions extends ChangeOptions {
  readonly data?: Uint8Array
  readonly acl?: readonly Acl[]
  readonly mode?: CreateMode
  /** For the modes `ttl` and `ttl_sequential`: the node goes when it had neither change nor child for so long. */
  readonly ttlMs?: number
}

export interface PersistentWatchOptions extends CallOptions {
  /** True: creation, deletion and change of the node and everything below it. False: of the node alone, and `children`. */
  readonly recursive: boolean
  /** Called in the order of the changes, before the answer to any request that shows them. Must not throw. */
  readonly onEvent: (event: WatchEvent) => void
  /**
   * Called on every later connection: changes in between were not told, so list again with `reads`, which go in front
   * of all other requests; those wait for the promise.
   */
  readonly onResume?: ((reads: Reads) => void | Promise<void>) | undefined
}

export interface Watch {
  /** Resolves when the server has forgotten it, or when it cannot be asked to. */
  close(): Promise<void>
}

/**
 * A client of a ZooKeeper ensemble, 3.6 or newer. It connects by itself and for ever, until `close()`. Calls wait while
 * no server answers, at most for the session timeout; every one of them ends with a result or one of the errors named.
 */
export class ZooKeeperClient extends ReadingClient implements AsyncDisposable {
  readonly #settings: Settings
  readonly #ownNodes: OwnNodes

  private constructor(session: Session, paths: Paths, settings: Settings) {
    super((operation, options) => session.request(operation, options), paths, session)
    this.#settings = settings
    this.#ownNodes = new OwnNodes(this.ask, paths, session)
  }

  /** @throws InvalidArgument */
  static create(servers: string, options: ClientOptions): ZooKeeperClient {
    const settings = toSettings(options)
    const { servers: addresses, chroot } = parseServers(servers)
    const paths = new Paths(chroot)
    return new ZooKeeperClient(new Session(addresses, settings), paths, settings)
  }

  get state(): SessionState {
    return this.session.state
  }

  /** 0n while there is no session. */
  get sessionId(): bigint {
    return this.session.id
  }

  /** What the servers have granted, in ms; before the first connection what was asked for. */
  get sessionTimeoutMs(): number {
    return this.session.lease.timeoutMs
  }

  /** On `performance.now()`: until then no server can have ended the session. 0 when it is lost. */
  trustedUntil(): number {
    return this.session.trustedUntil()
  }

  /** Calls `listener` at each change of `state`, at once and in order. Returns the way to stop it. */
  onState(listener: (state: SessionState) => void): () => void {
    return this.session.onState(listener)
  }

  /** Resolves when a server has answered. @throws BackendUnreachable after the session timeout, Closed */
  async connected({ signal }: CallOptions = {}): Promise<void> {
    if (this.state.state !== 'connected') await this.sync('/', { signal })
  }

  /** Resolves with the path, which for the sequential modes ends in ten digits. @throws ZooKeeperError NODE_EXISTS, NO_NODE (no parent), NO_AUTH …; OutcomeUnknown, SessionLost, TooLarge and those of reads */
  create(path: string, { data = noData, acl = this.#settings.defaultAcl, mode = 'persistent', ttlMs, signal, epoch }: CreateOptions = {}): Promise<Created> {
    const operation = new Create(this.paths, { path, data, acl, mode, ttlMs })
    if (!isEphemeralMode(mode)) return this.ask(operation, { signal, epoch })
    return this.#ownNodes.create(operation, [path], ({ path: created }) => [created], { signal, epoch })
  }

  /** @throws ZooKeeperError NO_NODE, BAD_VERSION, NOT_EMPTY, NO_AUTH; OutcomeUnknown, SessionLost and those of reads */
  delete(path: string, version = -1, { signal, epoch }: ChangeOptions = {}): Promise<{ zxid: bigint }> {
    const operation = remove(this.paths, path, version)
    const ended = (error: unknown): void => {
      if (error === undefined || isZooKeeperError(error, 'NO_NODE')) this.#ownNodes.deleted([path])
    }
    return this.ask({ ...operation, ended }, { signal, epoch })
  }

  /** @throws ZooKeeperError NO_NODE, BAD_VERSION, NO_AUTH; OutcomeUnknown, SessionLost, TooLarge and those of reads */
  setData(path: string, data: Uint8Array, version = -1, { signal, epoch }: ChangeOptions = {}): Promise<{ stat: Stat; zxid: bigint }> {
    return this.ask(setData(this.paths, path, data, version), { signal, epoch })
  }

  /**
   * All of it or nothing. `results` are in the order of `ops`; `zxid` is that of the change.
   * @throws ZooKeeperError, whose `index` is the wrong op; OutcomeUnknown, SessionLost, TooLarge (1 MiB) and those of reads
   */
  multi(ops: readonly MultiOp[], { signal, epoch }: ChangeOptions = {}): Promise<MultiDone> {
    const operation = new Multi(this.paths, ops, this.#settings.defaultAcl)
    const created = ops.flatMap((op) => (op.op === 'create' && op.mode !== undefined && isEphemeralMode(op.mode) ? [op] : []))
    const deleted = ops.flatMap((op) => (op.op === 'delete' ? [op.path] : []))
    if (deleted.length > 0) {
      operation.ended = (error) => {
        if (error === undefined) this.#ownNodes.deleted(deleted)
      }
    }
    if (created.length === 0) return this.ask(operation, { signal, epoch })
    const paths = created.map(({ path }) => path)
    return this.#ownNodes.create(operation, paths, ({ results }) => created.map((op) => results[ops.indexOf(op)]?.path ?? op.path), { signal, epoch })
  }

  /**
   * Resolves when the server this client is on has seen every change that any server had confirmed before the call. Only
   * the leader, to whom this is no question, may be a moment behind the answers of its followers (ZOOKEEPER-1675).
   */
  async sync(path = '/', { signal }: CallOptions = {}): Promise<void> {
    await this.ask(sync(this.paths, path), { signal })
  }

  /** @throws ZooKeeperError NO_NODE, NO_AUTH and those of reads */
  getAcl(path: string, { signal }: CallOptions = {}): Promise<Acl[]> {
    return this.ask(getAcl(this.paths, path), { signal })
  }

  /** @throws ZooKeeperError NO_NODE, NO_AUTH, INVALID_ACL; OutcomeUnknown and those of reads */
  setAcl(path: string, acl: readonly Acl[], { signal }: CallOptions = {}): Promise<void> {
    return this.ask(setAcl(this.paths, path, acl), { signal })
  }

  /**
   * Watches until closed, over all connections and sessions; the node need not exist. Resolves when it is armed.
   * @throws InvalidArgument if the path has a watch of the other kind; NotSupported by servers before 3.6, and those of reads
   */
  async watch(path: string, { recursive, onEvent, onResume, signal }: PersistentWatchOptions): Promise<Watch> {
    const { session, paths } = this
    const serverPath = paths.toServer(path)
    const listener: WatchListener = ({ type, path: at }) => onEvent({ type, path: paths.toCaller(at) })
    session.watches.add(serverPath, recursive, listener)
    const stopResuming = onResume && session.onResume(() => onResume(this.#urgent))
    const close = async (): Promise<void> => {
      stopResuming?.()
      if (!session.watches.delete(serverPath, listener)) return
      await session.requestNow(removeWatch(serverPath)).catch(() => {}) // without a connection there is nothing to remove
    }
    try {
      await session.request(addWatch(serverPath, recursive), { signal })
    } catch (error) {
      void close() // whoever gave up does not wait for the server
      throw isZooKeeperError(error, 'UNIMPLEMENTED') ? unsupported(error) : error
    }
    return { close }
  }

  /**
   * Ends the session, and with it its ephemeral nodes. Safe at any time, also twice. Afterwards nothing of the client is
   * left: no socket, no timer. @throws OperationTimedOut after `timeoutMs` (3000) if no server could confirm the end of its nodes
   */
  close({ timeoutMs = 3000 }: { timeoutMs?: number } = {}): Promise<void> {
    return this.session.close(timeoutMs, () => this.#ownNodes.areThere)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #urgent(): Reads {
    return new ReadingClient((operation, options) => this.session.requestNow(operation, options), this.paths, this.session)
  }
}

const unsupported = (cause: unknown): NotSupported =>
  new NotSupported('This ZooKeeper server has no persistent watches', { cause, hint: 'Persistent watches came with ZooKeeper 3.6; update the servers.' })

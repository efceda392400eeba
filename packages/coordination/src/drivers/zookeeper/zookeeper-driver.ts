import { Closed } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Acl, ZooKeeperClient } from '@muster/zookeeper'

import type { BackendUrl } from '../../backend-url.js'
import { Broadcast } from '../../broadcast.js'
import { Rejected } from '../../contract.js'
import type { Address, Batch, Characteristics, CommitOptions, ConnectionState, Entry, GoneOptions, Incarnation, Op, Ownership, ReadOptions, Session } from '../../contract.js'
import { Access } from './zookeeper-access.js'
import { Commits } from './zookeeper-commit.js'
import { Directories } from './zookeeper-directories.js'
import { importZooKeeper } from './zookeeper-errors.js'
import { CollectionFeed } from './zookeeper-feed.js'
import { Departures, waitInWatch } from './zookeeper-gone.js'
import { countEntries, listEntries, listKeys, orAbsent } from './zookeeper-list.js'
import { authOf, parseZooKeeperOptions } from './zookeeper-options.js'
import type { ZooKeeperOptions } from './zookeeper-options.js'
import { Sessions } from './zookeeper-ownership.js'
import { Follower } from './zookeeper-watch.js'
import { detach, isEntry, pathOf, Places, toEntry, toOwner, toRevision } from './zookeeper-paths.js'
import type { Place } from './zookeeper-paths.js'

/** A session of ZooKeeper as a session of the contract. It connects by itself; calls wait for it. */
export class ZooKeeperSession implements Session {
  readonly characteristics: Characteristics = Object.freeze({ durable: true, acrossHosts: true, push: true })
  readonly #client: ZooKeeperClient
  readonly #places: Places
  readonly #access: Access
  readonly #logger: Logger
  readonly #directories: Directories
  readonly #commits: Commits
  readonly #departures: Departures
  readonly #feeds = new Map<string, CollectionFeed>()
  readonly #sessions = new Sessions()
  readonly #states = new Broadcast<ConnectionState>()
  #closing: Promise<void> | undefined

  /** `acl`: of the nodes that it makes, where no policy says otherwise. */
  constructor(client: ZooKeeperClient, { namespace, credentials }: Pick<ZooKeeperOptions, 'namespace' | 'credentials'>, acl: readonly Acl[], logger: Logger) {
    this.#client = client
    this.#places = new Places(namespace)
    this.#access = new Access(client, namespace, acl, credentials?.user)
    this.#logger = logger
    this.#directories = new Directories(client, this.#places, this.#access)
    this.#commits = new Commits(client, this.#places, this.#access, this.#directories, this.#sessions)
    client.onState((state) => this.#onState(state))
    this.#departures = new Departures(client)
  }

  get storeId(): string {
    return this.#directories.storeId
  }

  get epoch(): number {
    return this.#client.state.epoch
  }

  get timeoutMs(): number {
    return this.#client.sessionTimeoutMs
  }

  trustedUntil(): number {
    return this.#client.trustedUntil()
  }

  async read({ collection, key }: Address, options: ReadOptions = {}): Promise<Entry | undefined> {
    const place = this.#visit(collection)
    if (!isEntry(place, key)) return undefined
    const node = await this.#ask(options, () => orAbsent(this.#client.getData(pathOf(place, key), options)))
    return node && detach(toEntry(place, key, node))
  }

  async list(collection: string, options: ReadOptions = {}): Promise<{ entries: Entry[]; revision: string; atomic: boolean }> {
    const place = this.#visit(collection)
    const { entries, zxid } = await this.#ask(options, () => listEntries(this.#client, place, options))
    if (!entries) throw new Rejected(0, 'no-collection')
    return { entries, revision: toRevision(zxid), atomic: false }
  }

  async keys(collection: string, options: ReadOptions = {}): Promise<string[]> {
    const place = this.#visit(collection)
    const { keys } = await this.#ask(options, () => listKeys(this.#client, place, options))
    if (!keys) throw new Rejected(0, 'no-collection')
    return keys
  }

  async count(collection: string, options: ReadOptions = {}): Promise<number> {
    const place = this.#visit(collection)
    return this.#ask(options, () => countEntries(this.#client, place, options))
  }

  commit(ops: readonly Op[], options: CommitOptions = {}): Promise<{ revision: string; keys: string[] }> {
    return this.#commits.commit(ops, options)
  }

  async gone(entry: Incarnation, options: GoneOptions = {}): Promise<void> {
    const place = this.#visit(entry.collection)
    if (place.hasDepth) return waitInWatch(this.watch(entry.collection, options), entry, options)
    return this.#departures.wait(place, entry, options).catch((error: unknown) => {
      throw this.#access.explain(error)
    })
  }

  watch(collection: string, { signal }: { signal?: AbortSignal | undefined } = {}): AsyncIterable<Batch> {
    return new Follower(() => this.#feedOf(this.#visit(collection))).batches(signal)
  }

  states(): AsyncIterable<ConnectionState> {
    return this.#states.subscribe(this.#client.state)
  }

  ownership(entry: Entry): Promise<Ownership> {
    return Promise.resolve().then(() => {
      this.#mustBeOpen()
      return this.#sessions.ownership(entry, this.#client.state)
    })
  }

  close(options?: { timeoutMs?: number }): Promise<void> {
    this.#closing ??= this.#client.close(options)
    return this.#closing
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new Closed('The session')
  }

  #visit(collection: string): Place {
    this.#mustBeOpen()
    const place = this.#places.of(collection)
    if (place.isOwn) {
      this.#directories.askStoreId()
      this.#access.prepare()
    }
    return place
  }

  /** A consistent answer is one that was asked for right behind a sync. */
  async #ask<T>({ consistent, signal }: ReadOptions, read: () => Promise<T>): Promise<T> {
    try {
      const synced = consistent === true ? this.#client.sync('/', { signal }) : undefined
      const [answer] = await Promise.all([read(), synced])
      return answer
    } catch (error) {
      throw this.#access.explain(error)
    }
  }

  #feedOf(place: Place): CollectionFeed {
    const found = this.#feeds.get(place.collection)
    if (found) return found
    const feed = new CollectionFeed(this.#client, place, this.#access, this.#logger, () => {
      feed.close(new Closed('The watch'))
      if (this.#feeds.get(place.collection) === feed) this.#feeds.delete(place.collection)
    })
    this.#feeds.set(place.collection, feed)
    return feed
  }

  #onState(state: ConnectionState): void {
    if (state.state === 'connected') this.#sessions.note(state.epoch, toOwner(this.#client.sessionId))
    const isTrouble = state.state === 'suspended' || state.state === 'lost'
    this.#logger[isTrouble ? 'warn' : 'info']({ ...state }, `session ${state.state}`)
    this.#states.publish(state)
    if (state.state !== 'closed') return
    this.#states.end()
    for (const feed of this.#feeds.values()) feed.close(new Closed('The session'))
  }
}

/** The way in from the table of drivers. Resolves before a server has answered. @throws InvalidArgument, NotSupported */
export async function openZooKeeperSession(url: BackendUrl, logger: Logger): Promise<ZooKeeperSession> {
  const options = parseZooKeeperOptions(url)
  const { servers, timeoutMs, credentials, tls } = options
  const { createClient, digestAcl, openAcl } = await importZooKeeper()
  const acl = credentials ? digestAcl(credentials.user, credentials.password) : openAcl
  return new ZooKeeperSession(createClient(servers, { sessionTimeoutMs: timeoutMs, tls, logger, auth: authOf(options) }), options, acl, logger)
}

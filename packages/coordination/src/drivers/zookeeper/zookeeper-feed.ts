import { isMusterError } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Reads, WatchEvent, ZooKeeperClient } from '@muster/zookeeper'

import type { Entry } from '../../contract.js'
import type { Access } from './zookeeper-access.js'
import { watchUntilAborted } from './zookeeper-arm.js'
import { listEntries, readEntries } from './zookeeper-list.js'
import { detach, isEntry, toRevision } from './zookeeper-paths.js'
import type { Place } from './zookeeper-paths.js'
import type { Follower, View } from './zookeeper-watch.js'

/** Followers of a collection that never comes to rest are told after so long what is known. */
const longestUnsyncedMs = 50
/** A collection whose every event costs a listing is listed no more often than this. */
const betweenListsMs = 50
const [firstPauseMs, longestPauseMs] = [100, 5000]

/**
 * The live view of one collection, shared by all who watch it in a session. The watch is armed before the first listing; from
 * then on an event costs a read of its entry alone. One read is under way at a time; what happens meanwhile goes into the
 * next. Whatever may have been missed is listed again.
 */
export class CollectionFeed implements View {
  readonly entries = new Map<string, Entry>()
  revision = ''
  isSynced = false
  readonly #place: Place
  readonly #client: ZooKeeperClient
  readonly #access: Access
  readonly #logger: Logger
  readonly #onIdle: () => void
  readonly #followers = new Set<Follower>()
  readonly #closed = new AbortController()
  readonly #dirty = new Set<string>()
  /** Keys of which something was told since the read under way began: what it brings of them may be old. */
  readonly #touched = new Set<string>()
  #listsWanted = 1
  #listsDone = 0
  #listedAt = -Infinity
  #unsyncedSince = 0
  /** Grows with each read; one that was overtaken does not count. */
  #turn = 0
  /** A read is under way or about to be. */
  #isBusy = true
  #pauseMs = firstPauseMs
  #timer: NodeJS.Timeout | undefined

  /** `onIdle` is called when the last follower has gone. */
  constructor(client: ZooKeeperClient, place: Place, access: Access, logger: Logger, onIdle: () => void) {
    this.#client = client
    this.#place = place
    this.#access = access
    this.#logger = logger
    this.#onIdle = onIdle
    void this.#begin()
  }

  get isTellable(): boolean {
    return this.#listsDone > 0 && (this.isSynced || performance.now() - this.#unsyncedSince > longestUnsyncedMs)
  }

  add(follower: Follower): void {
    this.#followers.add(follower)
    if (this.#isOver()) follower.end(this.#closed.signal.reason)
  }

  remove(follower: Follower): void {
    this.#followers.delete(follower)
    if (this.#followers.size === 0) this.#onIdle()
  }

  /** Ends the watch on the server, and every follower with `reason`. */
  close(reason: unknown): void {
    this.#closed.abort(reason)
    clearTimeout(this.#timer)
    for (const follower of this.#followers) follower.end(reason)
  }

  #isOver(): boolean {
    return this.#closed.signal.aborted
  }

  async #begin(): Promise<void> {
    const options = {
      recursive: !this.#place.hasDepth,
      onEvent: (event: WatchEvent) => this.#hear(event),
      onResume: (reads: Reads) => this.#read(reads, true),
      signal: this.#closed.signal,
    }
    try {
      await watchUntilAborted(this.#client, this.#place.directory, options)
      void this.#read(this.#client, true)
    } catch (error) {
      this.close(this.#access.explain(error))
    }
  }

  #hear({ type, path }: WatchEvent): void {
    const { directory, hasDepth } = this.#place
    if (hasDepth || path === directory) {
      if (type === 'changed') return
      this.#listsWanted += 1
    } else {
      const key = path.slice(directory.length + 1)
      if (!isEntry(this.#place, key)) return
      this.#touched.add(key)
      if (type === 'deleted') {
        this.#dirty.delete(key)
        this.#set(key, undefined)
      } else this.#dirty.add(key)
    }
    this.#doubt()
    this.#readSoon()
  }

  #doubt(): void {
    if (this.isSynced || this.#listsDone === 0) this.#unsyncedSince = performance.now()
    this.isSynced = false
  }

  #set(key: string, entry: Entry | undefined): void {
    const before = this.entries.get(key)
    if (before?.created === entry?.created && before?.modified === entry?.modified) return
    if (entry) this.entries.set(key, detach(entry))
    else this.entries.delete(key)
    for (const follower of this.#followers) follower.touch(key)
  }

  /** Reads what else has come in the same packet along with it; where every event costs a listing, some more. */
  #readSoon(pauseMs = this.#place.hasDepth ? this.#listedAt + betweenListsMs - performance.now() : 0): void {
    if (this.#isBusy || this.#isOver()) return
    this.#isBusy = true
    const turn = this.#turn
    const read = (): void => {
      if (turn === this.#turn && !this.#isOver()) void this.#read(this.#client)
    }
    if (pauseMs > 0) this.#timer = setTimeout(read, pauseMs)
    else queueMicrotask(read)
  }

  /** Never rejects. */
  async #read(reads: Reads, mustList = false): Promise<void> {
    if (this.#isOver()) return
    const turn = (this.#turn += 1)
    this.#isBusy = true
    if (mustList) this.#listsWanted += 1
    const listsWanted = this.#listsWanted
    const isList = listsWanted > this.#listsDone
    const keys = isList ? [] : [...this.#dirty]
    if (isList) this.#listedAt = performance.now()
    this.#dirty.clear()
    this.#touched.clear()
    try {
      const { entries = [], zxid } = isList ? await listEntries(reads, this.#place) : await readEntries(reads, this.#place, keys)
      if (turn !== this.#turn || this.#isOver()) return
      if (isList) this.#takeAll(entries as Entry[])
      else keys.forEach((key, index) => this.#take(key, entries[index]))
      if (isList) this.#listsDone = listsWanted
      this.#pauseMs = firstPauseMs
      this.#settle(toRevision(zxid))
    } catch (error) {
      if (turn === this.#turn && !this.#isOver()) this.#fail(error)
    }
  }

  #takeAll(found: readonly Entry[]): void {
    const keys = new Set(found.map(({ key }) => key))
    for (const key of [...this.entries.keys()]) if (!keys.has(key)) this.#take(key, undefined)
    for (const entry of found) this.#take(entry.key, entry)
  }

  #take(key: string, entry: Entry | undefined): void {
    if (!this.#touched.has(key)) this.#set(key, entry)
  }

  /**
   * A reply never comes before the events of what it shows: with nothing told meanwhile, this is how it was at that
   * revision. With something told, even a deletion, nobody can say here whether that was before the reply or after.
   */
  #settle(revision: string): void {
    this.#isBusy = false
    if (this.#touched.size === 0 && this.#listsWanted === this.#listsDone) {
      this.isSynced = true
      this.revision = revision
    }
    for (const follower of this.#followers) follower.wake()
    if (!this.isSynced) this.#readSoon()
  }

  #fail(error: unknown): void {
    this.#isBusy = false
    const translated = this.#access.explain(error)
    if (isMusterError(translated, 'closed') || isMusterError(translated, 'not_allowed')) {
      this.close(translated)
      return
    }
    this.#logger.debug({ err: error, collection: this.#place.collection }, 'a watched collection could not be read')
    this.#listsWanted += 1
    this.#doubt()
    this.#readSoon(this.#pauseMs * (0.5 + Math.random() / 2))
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs)
  }
}

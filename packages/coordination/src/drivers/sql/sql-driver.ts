import { setTimeout as delay } from 'node:timers/promises'

import { Closed, isMusterError, messageOf, OperationTimedOut, QueueFull, SessionLost } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Sql } from '@muster/database'

import type { BackendUrl } from '../../backend-url.js'
import { Broadcast } from '../../broadcast.js'
import { checkOps, isEphemeral } from '../../check-ops.js'
import { limits, Rejected } from '../../contract.js'
import type { Address, Batch, Characteristics, CommitOptions, ConnectionState, Entry, GoneOptions, Incarnation, Op, Ownership, ReadOptions, Session } from '../../contract.js'
import { applyOps, nextRevision, removeSession } from './sql-commit.js'
import { ChangeFeed } from './sql-feed.js'
import { Lease } from './sql-lease.js'
import { parseSqlOptions } from './sql-options.js'
import type { SqlOptions } from './sql-options.js'
import { entryColumns, groupOf, toEntry, toRevision } from './sql-paths.js'
import type { EntryRow } from './sql-paths.js'
import { SqlStore } from './sql-store.js'
import { findSession, sightOf, sweep, Sweeper, sweepEveryMs } from './sql-sweeper.js'
import { listEntries, listKeys, watchCollection } from './sql-watch.js'

/** The embedded store as a session of the contract. Opening reads and writes nothing. */
export class SqlSession implements Session {
  readonly timeoutMs: number
  readonly characteristics: Characteristics = Object.freeze({ durable: true, acrossHosts: false, push: true })
  readonly #namespace: string
  readonly #logger: Logger
  readonly #store: SqlStore
  readonly #feed: ChangeFeed
  readonly #sweeper: Sweeper
  readonly #states = new Broadcast<ConnectionState>()
  readonly #formerLeases = new Set<string>()
  #lease: Lease
  #state: ConnectionState = { state: 'connected', epoch: 1 }
  #renewal: NodeJS.Timeout | undefined
  #sweep: { readonly until: number; readonly done: Promise<number> } | undefined
  #queued = 0
  #renewing = false
  #closing: Promise<void> | undefined

  constructor(url: BackendUrl, logger: Logger) {
    const { file, namespace, timeoutMs }: SqlOptions = parseSqlOptions(url)
    this.timeoutMs = timeoutMs
    this.#namespace = namespace
    this.#logger = logger
    this.#store = new SqlStore(file, logger)
    this.#feed = new ChangeFeed(this.#store, namespace, logger)
    this.#lease = new Lease(timeoutMs)
    this.#sweeper = new Sweeper(this.#store, () => this.#lease.id, logger)
  }

  get storeId(): string {
    return this.#store.storeId
  }

  get epoch(): number {
    return this.#state.epoch
  }

  trustedUntil(): number {
    if (this.#state.state === 'lost' || this.#state.state === 'closed' || this.#lease.isOver()) return 0
    // Without a session row nothing can expire.
    return this.#lease.registered ? this.#lease.trustedUntil() : performance.now() + (this.timeoutMs * 2) / 3
  }

  async read(at: Address, { signal }: ReadOptions = {}): Promise<Entry | undefined> {
    await this.#sweepFirst()
    const row = await this.#store.read((sql) => this.#readNow(sql, at), undefined, { timeoutMs: this.timeoutMs, signal })
    return row && toEntry(row)
  }

  async list(collection: string, options: ReadOptions = {}): Promise<{ entries: Entry[]; revision: string; atomic: boolean }> {
    const { entries, revision } = await this.#ofCollection(collection, options, (sql) => listEntries(sql, this.#namespace, collection), { entries: [], revision: 0 })
    return { entries, revision: toRevision(revision), atomic: true }
  }

  keys(collection: string, options: ReadOptions = {}): Promise<string[]> {
    return this.#ofCollection(collection, options, (sql) => listKeys(sql, this.#namespace, collection), [])
  }

  /** What `look` finds, `nothing` where there is no store yet; of a group that is not there it is rejected. */
  async #ofCollection<T>(collection: string, { signal }: ReadOptions, look: (sql: Sql) => T, nothing: T): Promise<T> {
    await this.#sweepFirst()
    const group = groupOf(collection)
    const lookNow = (sql: Sql): T => {
      if (group !== undefined && !this.#readNow(sql, { collection: 'groups', key: group })) throw new Rejected(0, 'no-collection')
      return look(sql)
    }
    const found = await this.#store.read(lookNow, undefined, { timeoutMs: this.timeoutMs, signal })
    if (found === undefined && group !== undefined) throw new Rejected(0, 'no-collection')
    return found ?? nothing
  }

  #readNow(sql: Sql, { collection, key }: Address): EntryRow | undefined {
    return sql.get<EntryRow>(`SELECT ${entryColumns} FROM entries WHERE namespace = ? AND collection = ? AND key = ?`, this.#namespace, collection, key)
  }

  async count(collection: string, { signal }: ReadOptions = {}): Promise<number> {
    await this.#sweepFirst()
    const select = 'SELECT count(*) AS entries FROM entries WHERE namespace = ? AND collection = ?'
    const row = await this.#store.read((sql) => sql.get<{ entries: number }>(select, this.#namespace, collection), undefined, { timeoutMs: this.timeoutMs, signal })
    return row?.entries ?? 0
  }

  async commit(ops: readonly Op[], { epoch, durable = true, signal }: CommitOptions = {}): Promise<{ revision: string; keys: string[] }> {
    this.#mustBeOpen()
    checkOps(ops)
    const lease = this.#lease
    const ephemeral = ops.some(isEphemeral)
    if (ephemeral && (this.#state.state === 'lost' || (epoch ?? this.epoch) !== this.epoch)) throw new SessionLost(epoch ?? this.epoch)
    if (this.#queued >= limits.queuedCommits) throw new QueueFull(limits.queuedCommits)
    this.#queued += 1
    try {
      const { renewal, ...result } = await this.#store.commit(
        (sql) => {
          const renewed = ephemeral && lease === this.#lease ? lease.write(sql) : undefined
          if (ephemeral && renewed === undefined) throw new SessionLost(epoch ?? this.epoch)
          return { renewal: renewed, ...applyOps(sql, ops, { namespace: this.#namespace, session: lease.id, now: Date.now() }) }
        },
        { timeoutMs: this.timeoutMs, signal, durable: durable && !ops.every(isEphemeral) },
      )
      if (renewal !== undefined) {
        lease.confirm(renewal)
        this.#keepAlive()
      }
      return result
    } catch (error) {
      if (isMusterError(error, 'session_lost') && lease === this.#lease && lease.registered) void this.#lose('its lease ended')
      throw error
    } finally {
      this.#queued -= 1
    }
  }

  async gone(entry: Incarnation, { orChanged = false, signal }: GoneOptions = {}): Promise<void> {
    this.#mustBeOpen()
    this.#keepAlive()
    const subscription = this.#feed.subscribe(entry.collection)
    try {
      for (;;) {
        const wake = await subscription.next(signal)
        if (wake === 'aborted') throw signal?.reason
        if (wake === 'closed') throw new Closed('The session')
        const found = await this.read(entry, { signal })
        if (found?.created !== entry.created || (orChanged && found.modified !== entry.modified)) return
      }
    } finally {
      subscription.close()
    }
  }

  async *watch(collection: string, { signal }: { signal?: AbortSignal | undefined } = {}): AsyncGenerator<Batch, void> {
    this.#mustBeOpen()
    this.#keepAlive()
    if (!(await this.#sweepPatiently(signal))) return
    yield* watchCollection(this.#store, this.#feed.subscribe(collection), { namespace: this.#namespace, timeoutMs: this.timeoutMs, signal })
  }

  states(): AsyncIterable<ConnectionState> {
    return this.#states.subscribe(this.#state)
  }

  async ownership({ owner }: Entry): Promise<Ownership> {
    this.#mustBeOpen()
    if (owner === undefined) return 'unknown'
    if (owner === this.#lease.id) return 'self'
    if (this.#formerLeases.has(owner)) return 'former-self'
    const row = await this.#store.read((sql) => findSession(sql, owner), undefined, { timeoutMs: this.timeoutMs })
    return row === undefined ? 'dead' : sightOf(row)
  }

  close({ timeoutMs = 3000 }: { timeoutMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(timeoutMs)
    return this.#closing
  }

  async #close(timeoutMs: number): Promise<void> {
    clearInterval(this.#renewal)
    this.#sweeper.stop()
    try {
      if (this.#lease.registered) await this.#removeOwn(this.#lease, timeoutMs)
      else await this.#sweeper.resign(timeoutMs).catch(() => undefined) // a locked store only means that others take over later
    } catch (cause) {
      throw new OperationTimedOut('Closing the session', timeoutMs, { cause, hint: 'Its entries go when its lease ends or its process does.' })
    } finally {
      this.#feed.close()
      this.#setState({ state: 'closed', epoch: this.epoch })
      this.#states.end()
      await this.#store.close()
    }
  }

  async #removeOwn(lease: Lease, timeoutMs: number): Promise<void> {
    await this.#store.commit((sql) => removeSession(sql, nextRevision(sql), lease.id), { timeoutMs, durable: false })
    await this.#sweeper.resign(timeoutMs)
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new Closed('The session')
  }

  /**
   * What has died while nobody was there to notice must not be shown: the first read looks for itself, and so do
   * later ones, no more often than a sweeper would, while this session takes no part in sweeping.
   */
  async #sweepFirst(): Promise<void> {
    this.#mustBeOpen()
    if (this.#sweep === undefined || (this.#renewal === undefined && performance.now() >= this.#sweep.until)) {
      this.#sweep = { until: performance.now() + sweepEveryMs, done: sweep(this.#store, this.timeoutMs, this.#logger) }
    }
    const sweeping = this.#sweep
    try {
      await sweeping.done
    } catch (error) {
      if (this.#sweep === sweeping) this.#sweep = undefined // others wait for the same one
      throw error
    }
  }

  /** For a watch, which outlives outages: one at its beginning is none to end with. False when it was given up. */
  async #sweepPatiently(signal: AbortSignal | undefined): Promise<boolean> {
    while (!signal?.aborted) {
      try {
        await this.#sweepFirst()
        return true
      } catch (error) {
        if (!isMusterError(error, 'backend_unreachable')) throw error
        await delay(sweepEveryMs, undefined, { ref: false, signal }).catch(() => undefined)
      }
    }
    return false
  }

  /** From the first entry or watch on: renew the lease, notice when the store does not answer, take part in sweeping. */
  #keepAlive(): void {
    if (this.#renewal !== undefined || this.#closing !== undefined) return
    this.#renewal = setInterval(() => void this.#renew(), this.timeoutMs / 6).unref()
    this.#sweeper.start()
  }

  async #renew(): Promise<void> {
    // By the clock alone: a renewal may wait behind other writes of this process.
    if (this.#lease.isOver() && this.#state.state !== 'lost') return this.#lose('its lease ended')
    if (this.#renewing) return
    this.#renewing = true
    const lease = this.#lease
    try {
      if (this.#state.state === 'lost') {
        await this.#beginAnew()
        return
      }
      const isKept = await this.#confirmContact(lease)
      if (lease !== this.#lease) return // it was over meanwhile
      if (!isKept) await this.#lose('its lease ended')
      else if (this.#state.state === 'suspended') this.#setState({ state: 'connected', epoch: this.epoch })
    } catch (error) {
      if (this.#closing !== undefined || lease !== this.#lease) return
      const reason = messageOf(error)
      if (lease.isOver()) await this.#lose(reason)
      else if (this.#state.state === 'connected') this.#setState({ state: 'suspended', epoch: this.epoch, reason })
    } finally {
      this.#renewing = false
    }
  }

  /** False when the session is over. Without a session row, that the store answers is all there is to know. */
  async #confirmContact(lease: Lease): Promise<boolean> {
    const wait = { timeoutMs: this.timeoutMs / 6, durable: false }
    if (!lease.registered) return this.#store.read(() => true, true, wait)
    const renewal = await this.#store.write((sql) => lease.write(sql), wait)
    if (renewal !== undefined) lease.confirm(renewal)
    return renewal !== undefined
  }

  async #lose(reason: string): Promise<void> {
    if (this.#state.state === 'lost' || this.#closing !== undefined) return
    this.#setState({ state: 'lost', epoch: this.epoch, reason })
    await this.#beginAnew()
  }

  /** Ends what may be left of the lost session, then begins the next epoch; tried again at each renewal until the store answers. */
  async #beginAnew(): Promise<void> {
    const former = this.#lease
    try {
      await this.#removeOwn(former, this.timeoutMs / 6)
    } catch (error) {
      if (!isMusterError(error)) throw error
      this.#logger.debug({ err: error }, 'the lost session could not be ended yet')
      return
    }
    if (this.#closing !== undefined || this.#lease !== former) return
    this.#formerLeases.add(former.id)
    this.#lease = new Lease(this.timeoutMs)
    this.#setState({ state: 'connected', epoch: this.epoch + 1 })
  }

  #setState(state: ConnectionState): void {
    this.#state = state
    const isTrouble = state.state === 'suspended' || state.state === 'lost'
    this.#logger[isTrouble ? 'warn' : 'info']({ ...state }, `session ${state.state}`)
    this.#states.publish(state)
  }
}

/** The way in from the table of drivers. @throws InvalidArgument when the URL's folder or options are wrong. */
export function openSqlSession(url: BackendUrl, logger: Logger): SqlSession {
  return new SqlSession(url, logger)
}


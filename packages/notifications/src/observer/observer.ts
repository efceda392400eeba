import { setTimeout as delay } from 'node:timers/promises'

import { Bell, isMusterError, messageOf, repeat, silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import type { LiveView, ServiceGroup } from '@muster/servicegroup'
import type { ChangeSource, Drained, Holding } from '@muster/servicegroup/internal'

import type { ChangeLog } from '../log/change-log.js'
import type { ChangeTail } from '../log/change-tail.js'
import type { FollowedLog } from '../log/follow.js'
import { gapChange } from '../log/rows.js'
import { Courier } from '../sinks/courier.js'
import type { SinkStatus } from '../sinks/courier.js'
import type { Sink } from '../sinks/sink.js'
import { LogWriter } from './log-writer.js'
import { keyOf } from './picture.js'
import type { Picture } from './picture.js'
import { Presence } from './presence.js'

export interface ObserverOptions {
  readonly logger?: Logger | undefined
  /** Of that log: sinks are told from it, rather than that each reads the log. */
  readonly tail?: ChangeTail | undefined
  /** How long a change is kept, ms; default 30 days. */
  readonly keepMs?: number | undefined
  /** How many changes are kept at most; default 1,000,000. */
  readonly keepChanges?: number | undefined
  /** What makes the sinks that are told; they are, by the one that observes. */
  readonly sinks?: readonly (() => Sink)[] | undefined
  /** What makes the couriers to sinks that come and go; they run while this one observes. */
  readonly couriers?: readonly OpenCouriers[] | undefined
}

/** Tells some sinks what is in the log. */
export interface Couriers {
  statuses(): readonly SinkStatus[]
  /** Resolves when they are told no more. */
  close(): Promise<void>
}

/** Begins to tell some sinks what is in the log. */
export type OpenCouriers = (followed: FollowedLog, logger: Logger) => Couriers

/**
 * `starting`; `waiting`: another keeps the history, or nobody can at the moment; `observing`: this one does; `foreign`: the history of this
 * store is kept in another database; `closed`.
 */
export type ObserverState = 'starting' | 'waiting' | 'observing' | 'foreign' | 'closed'

// Between two looks others do their work, and what comes at once is told at once.
const pauseMs = 4
const eraseEveryMs = 60_000

/**
 * Keeps the history of a store: tells the log what has become of workers and services, each change once, and in the order in which it was
 * committed for each service. Of all observers of a store one does it at a time; when it dies the next goes on from what the log says.
 */
export class Observer {
  readonly #source: ChangeSource
  readonly #followed: FollowedLog
  readonly #logger: Logger
  readonly #presence: Presence
  readonly #openCouriers: readonly OpenCouriers[]
  #couriers: readonly Couriers[] = []
  readonly #keep: { readonly ms: number; readonly changes: number }
  #erasedAt = -Infinity
  readonly #closing = new AbortController()
  readonly #done: Promise<void>
  readonly #bell = new Bell()
  #hasOutbox = true
  #state: ObserverState = 'starting'
  #reason: string | undefined

  private constructor(source: ChangeSource, view: LiveView, log: ChangeLog, { tail, logger = silentLogger, sinks = [], couriers = [], keepMs = 30 * 86_400_000, keepChanges = 1_000_000 }: ObserverOptions) {
    this.#openCouriers = [...sinks.map((openSink) => courierTo(openSink)), ...couriers]
    this.#keep = { ms: keepMs, changes: keepChanges }
    this.#source = source
    this.#followed = { log, tail }
    this.#logger = logger
    this.#presence = new Presence(view, () => this.#bell.ring())
    this.#done = this.#run()
  }

  /** Begins at once. The service group, the log and its tail are the caller's, and closed after it. */
  static async begin(serviceGroup: Pick<ServiceGroup, 'view' | 'changeSource'>, log: ChangeLog, options: ObserverOptions = {}): Promise<Observer> {
    return new Observer(await serviceGroup.changeSource(), serviceGroup.view(), log, options)
  }

  get state(): ObserverState {
    return this.#state
  }

  /** Why it does not observe, in words; undefined while it does or another does. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** How the sinks do that this one tells: none while another observes. */
  sinks(): readonly SinkStatus[] {
    return this.#couriers.flatMap((couriers) => couriers.statuses())
  }

  /** Resolves when it does nothing any more and another can go on. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#bell.ring()
    this.#presence.close()
    await this.#done
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    const watching = this.#repeat(() => this.#source.watchOutbox(() => this.#noteOutbox(), signal), 'the outbox cannot be watched')
    await this.#repeat(() => this.#campaign(signal), 'the history is not kept')
    await watching
    this.#state = 'closed'
  }

  #repeat(work: () => Promise<void>, what: string): Promise<void> {
    return repeat(work, this.#closing.signal, (error) => {
      this.#reason = messageOf(error)
      this.#logger.warn({ err: error }, what)
    })
  }

  async #campaign(signal: AbortSignal): Promise<void> {
    if (!(await this.#isLogOfStore(signal))) return
    const campaign = this.#source.standForObserver()
    const stopStanding = (): void => void campaign.standDown()
    signal.addEventListener('abort', stopStanding, { once: true })
    this.#state = 'waiting'
    try {
      for await (const change of campaign.changes()) {
        if (change.type === 'elected') await this.#serve(change.leadership, signal)
      }
    } finally {
      signal.removeEventListener('abort', stopStanding)
      await campaign.standDown().catch(() => undefined) // its session ends it
    }
  }

  /** Does what the office is for, until it is over. */
  async #serve(office: Holding, signal: AbortSignal): Promise<void> {
    this.#couriers = this.#openCouriers.map((open) => open(this.#followed, this.#logger))
    try {
      await this.#observe(office.fencingToken, AbortSignal.any([signal, office.signal]))
    } finally {
      await Promise.all(this.#couriers.map((couriers) => couriers.close()))
      this.#couriers = []
    }
  }

  /** False when the history of this store is kept elsewhere, or this log is that of another store. */
  async #isLogOfStore(signal: AbortSignal): Promise<boolean> {
    const { id, store } = await LogWriter.identity(this.#followed.log.history)
    const claimed = await this.#source.claimLog(id, signal)
    const isIt = claimed === id && (store === '' || store === this.#source.storeId)
    if (isIt) this.#reason = undefined
    else {
      const reason = claimed === id ? `${this.#followed.log.history.shown} has the history of another store` : 'the history of this store is kept in another database'
      if (reason !== this.#reason) this.#logger.warn({ database: this.#followed.log.history.shown }, reason)
      this.#state = 'foreign'
      this.#reason = reason
    }
    return isIt
  }

  /** @throws LockLost when a later observer has begun */
  async #observe(fencingToken: bigint, signal: AbortSignal): Promise<void> {
    await repeat((succeed) => this.#keepLog(fencingToken, succeed, signal), signal, (error) => {
      if (isMusterError(error, 'lock_lost')) throw error
      this.#reason = messageOf(error)
      this.#logger.warn({ err: error }, 'the history is not kept, trying again')
    })
    if (this.#state === 'observing') this.#state = 'waiting'
  }

  async #keepLog(fencingToken: bigint, succeed: () => void, signal: AbortSignal): Promise<void> {
    const writer = await LogWriter.begin(this.#followed.log.history, this.#source.storeId, fencingToken)
    const picture = await writer.readPicture()
    await this.#untilCurrent(signal)
    this.#state = 'observing'
    this.#reason = undefined
    this.#logger.info({ database: this.#followed.log.history.shown, workers: picture.workers.size, services: picture.services.size }, 'keeping the history')
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      await this.#settle(writer, picture, isFirst, signal)
      const eraseInMs = await this.#eraseSome(writer)
      succeed()
      await delay(pauseMs)
      await this.#bell.wait(Math.min(eraseInMs, picture.nextBoundary(Date.now()) - Date.now()), signal)
    }
  }

  /** Tells the log all that it does not know yet. What fails leaves `picture` as nobody knows: it is read anew then. */
  async #settle(writer: LogWriter, picture: Picture, isFirst: boolean, signal: AbortSignal): Promise<void> {
    this.#bell.hear()
    const { living } = this.#presence
    const keys = this.#presence.takeTouched()
    if (isFirst) for (const key of [...picture.workers.keys(), ...living.keys()]) keys.add(key)
    let records = isFirst ? await this.#source.records(signal) : undefined // before the outbox: what they show, it tells
    const isDue = keys.size > 0 || this.#hasOutbox || isFirst
    this.#hasOutbox = false
    let drained: Drained = isDue ? await this.#source.drain(signal) : { entries: [] } // after the keys: who has left by then has said so
    if (drained.gap && !records) {
      records = await this.#source.records(signal)
      drained = await this.#source.drain(signal)
    }
    const at = Date.now()
    const done = await this.#takeDrained(writer, picture, drained, isFirst)
    if (records) picture.reconcile(records, servicesOf(drained), at)
    picture.see(keys, living, this.#presence, at)
    picture.tick(at)
    const changes = picture.takeChanges()
    if (drained.gap) changes.unshift(gapChange(drained.gap.gap, at))
    if (changes.length > 0 || picture.touchedWorkers.size > 0 || picture.touchedServices.size > 0) this.#followed.log.announce(await writer.write(changes, picture))
    await this.#source.clear([...done(living), ...(drained.forged ?? [])], drained.gap, signal)
    this.#presence.forget(keys)
    await this.#writeBack(picture, keys, signal)
  }

  /**
   * Takes in what was drained and is not told yet. Returns what tells which of it can go. Only what the first look finds may be told
   * already, by an observer that died before it could clear it: later ones are kept out of the log, and what this one cannot clear begins it anew.
   */
  async #takeDrained(writer: LogWriter, picture: Picture, { entries }: Drained, isFirst: boolean): Promise<(living: ReadonlyMap<string, unknown>) => string[]> {
    const told = isFirst && entries.length > 0 ? await writer.told(entries.map(({ change }) => change.id)) : new Set<string>()
    const leaving = new Map<string, string>()
    for (const { key, at, change } of entries) {
      if (change.type === 'left') {
        const member = keyOf(change)
        leaving.set(key, member)
        this.#presence.noteLeft(member)
      } else if (!told.has(change.id)) picture.takeStored(change, at)
    }
    // Of who has left it will be told when it is seen to be gone: until then its word stays, for the next observer too.
    return (living) =>
      entries.flatMap(({ key }) => {
        const member = leaving.get(key) ?? ''
        return living.has(member) || picture.workers.has(member) ? [] : [key]
      })
  }

  /** What the records have to say: when they were last seen up, and those that no worker has registered. */
  async #writeBack(picture: Picture, keys: Iterable<string>, signal: AbortSignal): Promise<void> {
    for (const uuid of picture.lastSeen) {
      const observed = picture.services.get(uuid)?.observed
      if (observed) await this.#source.noteLastSeen(uuid, observed, signal)
      picture.lastSeen.delete(uuid)
    }
    for (const key of keys) {
      const worker = picture.workers.get(key)
      if (worker && !picture.hasService(worker) && (await this.#source.adopt(worker, signal))) this.#noteOutbox()
    }
  }

  /** Now and then, a few at a time. Returns when it is due again, ms. */
  async #eraseSome(writer: LogWriter): Promise<number> {
    const dueInMs = this.#erasedAt + eraseEveryMs - performance.now()
    if (dueInMs > 0) return dueInMs
    const erased = await writer.erase(Date.now() - this.#keep.ms, this.#keep.changes)
    if (erased > 0) return 0
    this.#erasedAt = performance.now()
    return eraseEveryMs
  }

  #noteOutbox(): void {
    this.#hasOutbox = true
    this.#bell.ring()
  }

  async #untilCurrent(signal: AbortSignal): Promise<void> {
    while (!this.#presence.isCurrent && !signal.aborted) {
      await this.#bell.wait(Infinity, signal)
      this.#bell.hear()
    }
    signal.throwIfAborted()
  }
}

const courierTo =
  (openSink: () => Sink): OpenCouriers =>
  (followed, logger) => {
    const courier = new Courier(followed, openSink(), { logger })
    return { statuses: () => [courier.status], close: () => courier.close() }
  }

/** The services of which something waits in the outbox. */
const servicesOf = ({ entries }: Drained): Set<string> => new Set(entries.flatMap(({ change }) => (change.type === 'left' ? [] : [(change.after ?? change.before)?.uuid ?? ''])))

import { setTimeout as delay } from 'node:timers/promises'

import { BackendUnreachable, Closed, OperationTimedOut, OutcomeUnknown, QueueFull, SessionLost } from '@muster/common'

import { Backoff } from './backoff.js'
import { Connection } from './connection.js'
import type { Ears, Welcome } from './connection.js'
import { KeepAlive } from './keep-alive.js'
import { Lease } from './lease.js'
import { opcode, sync } from './operations.js'
import type { Operation } from './operations.js'
import type { Settings } from './options.js'
import { Paths } from './paths.js'
import { Queue } from './queue.js'
import { Request } from './request.js'
import type { RequestOptions } from './request.js'
import { formatServer, Rotation } from './servers.js'
import type { ServerAddress } from './servers.js'
import { records, toBytes } from './stock.js'
import { Timer } from './timer.js'
import { Watches } from './watches.js'

/**
 * What may still be trusted. `connected`: everything. `suspended`: no server answers; the session may end soon.
 * `lost`: the session and its ephemeral nodes are over, a new session is being made. `closed`: the end.
 */
export interface SessionState {
  readonly state: 'connected' | 'suspended' | 'lost' | 'closed'
  /** +1 for each new session, beginning with 1. */
  readonly epoch: number
  /** Why it is not connected. */
  readonly reason?: string
}

const noPassword = Buffer.alloc(16)
const watchChunkBytes = 128 * 1024 // far below the 1 MiB at which servers cut a request
const maxBytesInFlight = 4 * 1024 * 1024

/**
 * Keeps one session alive over any number of connections, and gives every request a definite outcome. Owns all
 * timers and the one connection; everything ends with `close`.
 */
export class Session {
  readonly watches = new Watches()
  readonly lease: Lease
  readonly #settings: Settings
  readonly #servers: readonly ServerAddress[]
  readonly #rotation: Rotation
  readonly #backoff: Backoff
  readonly #queue = new Queue()
  readonly #timer = new Timer(() => this.#tick())
  readonly #keepAlive = new KeepAlive()
  readonly #stop = new AbortController()
  readonly #stateListeners = new Set<(state: SessionState) => void>()
  readonly #resumeListeners = new Set<() => void | Promise<void>>()
  readonly #ears: Ears = {
    onEvent: (type, path) => {
      for (const { listener, event } of this.watches.take({ type, path })) this.#safely(() => listener(event))
      this.#review()
    },
    onAnswer: (sentAt, zxid) => {
      this.lease.renew(sentAt)
      if (zxid > this.#lastZxid) this.#lastZxid = zxid
      this.#pump()
    },
  }
  readonly #run: Promise<void>
  #state: SessionState = { state: 'suspended', epoch: 1, reason: 'not connected yet' }
  #sessionId = 0n
  #password: Buffer = noPassword
  #lastZxid = 0n
  #connection: Connection | undefined
  /** True once the connection has restored everything and takes the requests of users. */
  #isOpen = false
  #sessions = 0
  #openRequests = 0
  #lateTick = false
  #closing: Promise<void> | undefined
  #closed: (() => void) | undefined

  constructor(servers: readonly ServerAddress[], settings: Settings) {
    this.#settings = settings
    this.#servers = servers
    this.#rotation = new Rotation(servers)
    this.#backoff = new Backoff(servers.length, settings.sessionTimeoutMs)
    this.lease = new Lease(settings.sessionTimeoutMs)
    this.#run = this.#connectForEver()
  }

  get state(): SessionState {
    return this.#state
  }

  /** 0n while there is none. */
  get id(): bigint {
    return this.#sessionId
  }

  get lastZxid(): bigint {
    return this.#lastZxid
  }

  trustedUntil(): number {
    const { state } = this.#state
    return state === 'lost' || state === 'closed' || performance.now() >= this.lease.over ? 0 : Math.max(0, this.lease.trustedUntil)
  }

  onState(listener: (state: SessionState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  /** `listener` runs on each later connection, before the requests of users, which wait for its promise. */
  onResume(listener: () => void | Promise<void>): () => void {
    this.#resumeListeners.add(listener)
    return () => this.#resumeListeners.delete(listener)
  }

  request<T>(operation: Operation<T>, options?: RequestOptions): Promise<T> {
    const request = new Request(operation, performance.now() + this.lease.timeoutMs, options)
    const refusal = this.#refusalOf(request)
    if (refusal) request.fail(refusal)
    if (request.settled) return request.promise
    this.#follow(request)
    if (this.#isOpen && this.#queue.length === 0 && this.#hasRoom()) this.#connection?.send(request)
    else {
      this.#queue.push(request)
      this.#timer.before(request.deadline)
    }
    return request.promise
  }

  /** In front of the requests of users; for what must be known before they go on. Fails when the connection does. */
  requestNow<T>(operation: Operation<T>, options?: RequestOptions): Promise<T> {
    const request = new Request(operation, performance.now() + this.lease.timeoutMs, options)
    request.bound = true
    this.#follow(request)
    if (this.#connection) this.#connection.send(request)
    else request.fail(this.#unreachable())
    return request.promise
  }

  /** Ends the session, at the latest after `timeoutMs`. @throws OperationTimedOut if it `owns` nodes and no server has confirmed their end */
  close(timeoutMs: number, owns: () => boolean): Promise<void> {
    this.#closing ??= this.#close(timeoutMs, owns).finally(() => this.#keepAlive.end())
    this.#review()
    return this.#closing
  }

  /** A call that is waited for keeps the process alive, and so does a watch. */
  #follow(request: Request): void {
    if (request.settled) return
    this.#openRequests += 1
    request.onEnd = this.#onEnd
    this.#review()
  }

  readonly #onEnd = (): void => {
    this.#openRequests -= 1
    this.#review()
  }

  #review(): void {
    this.#keepAlive.set(this.#openRequests > 0 || !this.watches.isEmpty || this.#closing !== undefined)
  }

  #refusalOf(request: Request): Error | undefined {
    if (this.#closing) return new Closed('The ZooKeeper client')
    if (this.#queue.length >= this.#settings.maxQueued) return new QueueFull(this.#settings.maxQueued)
    return this.#lostFor(request)
  }

  #lostFor({ epoch }: Request): Error | undefined {
    if (epoch === undefined) return undefined
    return epoch !== this.#state.epoch || this.#state.state === 'lost' ? new SessionLost(epoch) : undefined
  }

  #unreachable(): BackendUnreachable {
    return new BackendUnreachable(`ZooKeeper at ${this.#servers.map(formatServer).join(',')}`, this.#state.reason ?? 'no answer')
  }

  #hasRoom(): boolean {
    return this.#connection?.isOver() === false && this.#connection.inFlight < this.#settings.maxInFlight && this.#connection.inFlightBytes < maxBytesInFlight
  }

  #pump(): void {
    while (this.#isOpen && this.#queue.length > 0 && this.#hasRoom()) {
      const request = this.#queue.shift()
      if (request) this.#connection?.send(request)
    }
  }

  async #connectForEver(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const ended = await this.#connectOnce().catch((error: unknown) => error)
      this.#disconnected(ended instanceof Error ? ended : new Error(String(ended)))
      await this.#backoff.pause(signal).catch(() => {})
    }
  }

  /** Dials one server and stays for as long as the connection lasts. Resolves with why it ended. */
  async #connectOnce(): Promise<Error> {
    const { sessionTimeoutMs } = this.#settings
    const lost = this.#state.state === 'lost'
    const hello = {
      sessionId: this.#sessionId,
      password: this.#password,
      timeoutMs: sessionTimeoutMs,
      lastZxid: lost ? 0n : this.#lastZxid, // servers that lost their data must not be dialled in vain for ever
    }
    const dialTimeoutMs = Math.max(Math.min(1000, sessionTimeoutMs / 4), sessionTimeoutMs / (2 * this.#rotation.size))
    const { connection, welcome } = await Connection.open(this.#rotation.next(), this.#settings, hello, this.#ears, dialTimeoutMs, this.#stop.signal)
    try {
      return await this.#use(connection, welcome)
    } finally {
      connection.destroy(new Error('given up'))
    }
  }

  async #use(connection: Connection, welcome: Welcome): Promise<Error> {
    const asked = this.#sessionId
    if (welcome.timeoutMs === 0) {
      if (asked === 0n) return new Error(`${connection.server} refuses to make a session`)
      this.#lose('the servers say that it is over')
      this.#forget()
      this.#backoff.skip()
      return new Error('the session is over')
    }
    if (asked !== 0n && welcome.sessionId !== asked) {
      this.#lose('a server made a new session instead')
      this.#forget()
    }
    this.#connection = connection
    this.lease.begin(welcome.timeoutMs, welcome.askedAt)
    this.#timer.before(this.#nextLook())
    if (this.#sessionId !== 0n && (this.#state.state === 'lost' || this.#closed)) return this.#endSession(connection)
    if (this.#sessionId === 0n) this.#sessions += 1
    this.#sessionId = welcome.sessionId
    this.#password = welcome.password
    await Promise.race([this.#restore(connection, this.#sessions > 1 || asked !== 0n), connection.ended])
    const provedAt = performance.now() + this.lease.timeoutMs / 6
    const reason = await connection.ended
    if (performance.now() > provedAt) this.#backoff.reset()
    return reason
  }

  /** Credentials, watches, a sync, the listings of those who watch; only then the requests of users. */
  async #restore(connection: Connection, isLater: boolean): Promise<void> {
    const auth = this.#settings.auth.map(({ scheme, credential }) => authenticate(scheme, credential))
    const watches = this.watches.restore(this.#lastZxid, watchChunkBytes)
    const steps = [...auth, ...watches, ...(isLater ? [sync(new Paths(''), '/')] : [])].map((operation) => this.requestNow<unknown>(operation))
    const failed = Promise.all(steps).then(() => undefined, (error: unknown) => connection.destroy(error instanceof Error ? error : new Error(String(error))))
    if (isLater || watches.length > 0) await failed
    if (connection.isOver()) return
    this.#setState({ state: 'connected', epoch: this.#sessions })
    if (isLater) await this.#resume()
    if (connection.isOver()) return
    this.#isOpen = true
    this.#pump()
  }

  /** Lets those who watch list again; one that takes too long or fails holds up nobody for long. */
  async #resume(): Promise<void> {
    const timer = new AbortController()
    const listings = [...this.#resumeListeners].map(async (listener) => {
      try {
        await listener()
      } catch (error) {
        this.#settings.logger.warn({ err: error }, 'a watcher of the ZooKeeper client could not list again')
      }
    })
    const late = delay(this.lease.timeoutMs / 3, undefined, { ref: false, signal: timer.signal }).catch(() => {})
    await Promise.race([Promise.all(listings), late])
    timer.abort()
  }

  /** The end of a session that this client gave up before the servers did: its successor must not meet its nodes. */
  async #endSession(connection: Connection): Promise<Error> {
    await Promise.race([this.requestNow(closeSession), connection.ended.then((reason) => Promise.reject(reason))])
    this.#forget()
    this.#backoff.skip()
    return new Error('the former session was ended')
  }

  #forget(): void {
    this.#sessionId = 0n
    this.#password = noPassword
    this.#lastZxid = 0n
    this.lease.end()
    this.#closed?.()
  }

  #disconnected(reason: Error): void {
    const unanswered = this.#connection?.takeUnanswered() ?? []
    this.#connection = undefined
    this.#isOpen = false
    const { message } = reason
    for (const request of unanswered) {
      if (request.operation.changes) request.fail(new OutcomeUnknown(request.operation.text, message))
      else if (request.bound) request.fail(new BackendUnreachable('ZooKeeper', message))
    }
    this.#queue.putBack(unanswered.filter(({ settled }) => !settled))
    if (!this.#closing && this.#state.state !== 'lost') this.#setState({ state: 'suspended', epoch: this.#state.epoch, reason: message })
    this.#timer.before(Math.min(this.#nextLook(), this.#queue.nextDeadline))
  }

  #lose(reason: string): void {
    if (this.#state.state === 'lost' || this.#state.state === 'closed') return
    this.#setState({ state: 'lost', epoch: this.#state.epoch, reason })
    this.#queue.failWhere((request) => this.#lostFor(request))
  }

  /** On `performance.now()`: when the next ping is due or the next doubt begins. */
  #nextLook(): number {
    const { timeoutMs, trustedUntil, over } = this.lease
    if (this.#connection) return Math.min(trustedUntil, this.#connection.pingSentAt === 0 ? this.#connection.lastSentAt + timeoutMs / 3 : Infinity)
    return this.#sessionId !== 0n && this.#state.state === 'suspended' ? over : Infinity
  }

  #tick(): void {
    const now = performance.now()
    const connection = this.#connection
    if (connection && now >= this.lease.trustedUntil) { this.#doubt(connection); return; }
    this.#lateTick = false
    if (connection && now >= connection.lastSentAt + this.lease.timeoutMs / 3 - 1) connection.ping()
    if (!connection && this.#sessionId !== 0n && now >= this.lease.over) this.#lose(`no server has answered for ${Math.round(this.lease.timeoutMs)} ms`)
    for (const request of this.#queue.takeOverdue(now)) request.fail(this.#unreachable())
    this.#timer.before(Math.min(this.#nextLook(), this.#queue.nextDeadline))
  }

  /** If this process itself was asleep the answer may lie unread in the socket, or nothing was asked in time: first it reads, then it asks, then it judges. */
  #doubt(connection: Connection): void {
    if (!this.#lateTick) {
      this.#lateTick = true
      setImmediate(() => setImmediate(() => this.#tick()))
      return
    }
    this.#lateTick = false
    const { timeoutMs, trustedUntil, over } = this.lease
    if (connection.unansweredSince === Infinity) connection.ping()
    const judgement = Math.min(over, connection.unansweredSince + timeoutMs / 12)
    const now = performance.now()
    if (now < judgement) this.#timer.before(judgement)
    else connection.destroy(new Error(`${connection.server} has not answered for ${Math.round(now - trustedUntil + (timeoutMs * 2) / 3)} ms`))
  }

  #setState(state: SessionState): void {
    const { state: former, epoch, reason } = this.#state
    if (former === 'closed' || (former === state.state && epoch === state.epoch && reason === state.reason)) return
    this.#state = state
    if (former === state.state && epoch === state.epoch) return // only the reason is new
    for (const listener of this.#stateListeners) this.#safely(() => listener(state))
  }

  /** A listener that throws must not cost the others their news, nor the session its connection. */
  #safely(call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#settings.logger.error({ err: error }, 'a listener of the ZooKeeper client threw')
    }
  }

  async #close(timeoutMs: number, owns: () => boolean): Promise<void> {
    this.#queue.failWhere(() => new Closed('The ZooKeeper client'))
    const confirmed = this.#sessionId === 0n ? true : await this.#askForTheEnd(timeoutMs, owns)
    this.#stop.abort()
    this.#connection?.destroy(new Error('closed'))
    this.#timer.stop()
    await this.#run
    this.#queue.failWhere(() => new Closed('The ZooKeeper client')) // reads that were on their way to the end
    this.#setState({ state: 'closed', epoch: this.#state.epoch })
    this.#stateListeners.clear()
    this.#resumeListeners.clear()
    this.watches.clear()
    if (!confirmed && owns()) throw new OperationTimedOut('Closing the ZooKeeper session', timeoutMs, { hint: 'Its ephemeral nodes go when the servers end the session.' })
  }

  /** True when a server has confirmed the end. Without nodes of its own a session may as well end by itself. */
  async #askForTheEnd(timeoutMs: number, owns: () => boolean): Promise<boolean> {
    if (!this.#connection && !owns()) return false
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), timeoutMs)))
    const done = new Promise<true>((resolve) => (this.#closed = () => resolve(true)))
    if (this.#connection && this.#isOpen) void this.#endSession(this.#connection).catch(() => {})
    else this.#connection?.destroy(new Error('closing'))
    const confirmed = await Promise.race([done, late])
    clearTimeout(timer)
    return confirmed
  }
}

const closeSession: Operation<void> = { opcode: opcode.closeSession, text: 'closeSession', changes: false, write: () => {}, read: () => undefined }

function authenticate(scheme: string, credential: string): Operation<void> {
  return {
    opcode: opcode.auth,
    text: `authentication by ${scheme}`,
    changes: false,
    write: (writer) => writer.raw(toBytes(new records.protocol.AuthPacket(0, scheme, Buffer.from(credential)))),
    read: () => undefined,
  }
}

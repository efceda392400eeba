import { BackendUnreachable, Closed, OutcomeUnknown, QueueFull, SessionLost } from '@muster/common'

import type { Connection } from './connection.js'
import type { KeepAlive } from './keep-alive.js'
import type { Lease } from './lease.js'
import type { Operation } from './operations.js'
import type { Settings } from './options.js'
import { Queue } from './queue.js'
import { Request } from './request.js'
import type { RequestOptions } from './request.js'
import { formatServer } from './servers.js'
import type { ServerAddress } from './servers.js'
import type { SessionStates } from './session-state.js'

const maxBytesInFlight = 4 * 1024 * 1024

/**
 * The way of requests to the servers, over any number of connections: sent at once where there is room, else kept in the
 * order of the calls. Each one ends, whatever becomes of the connection.
 */
export class Channel {
  /** Called when a request begins to wait; on `performance.now()`, until when. */
  onWaiting: (deadline: number) => void = () => {}
  readonly #queue = new Queue()
  #connection: Connection | undefined
  #isOpen = false
  #isClosed = false

  constructor(
    private readonly servers: readonly ServerAddress[],
    private readonly settings: Settings,
    private readonly lease: Lease,
    private readonly states: SessionStates,
    private readonly keepAlive: KeepAlive,
  ) {
    states.on(({ state }) => {
      if (state === 'lost') this.#queue.failWhere((request) => this.#lostFor(request))
    })
  }

  /** The one connection there is, from its welcome to its end. */
  get connection(): Connection | undefined {
    return this.#connection
  }

  /** True once the connection has restored everything and takes the requests of users. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** When the first of those that wait must be given up; Infinity when nothing waits. */
  get nextDeadline(): number {
    return this.#queue.nextDeadline
  }

  request<T>(operation: Operation<T>, options?: RequestOptions): Promise<T> {
    const request = new Request(operation, performance.now() + this.lease.timeoutMs, options)
    const refusal = this.#refusalOf(request)
    if (refusal) request.fail(refusal)
    if (request.settled) return request.promise
    this.keepAlive.follow(request)
    if (this.#isOpen && this.#queue.length === 0 && this.#hasRoom()) this.#connection?.send(request)
    else {
      this.#queue.push(request)
      this.onWaiting(request.deadline)
    }
    return request.promise
  }

  /** In front of the requests of users; for what must be known before they go on. Fails when the connection does. */
  requestNow<T>(operation: Operation<T>, options?: RequestOptions): Promise<T> {
    const request = new Request(operation, performance.now() + this.lease.timeoutMs, options)
    request.bound = true
    this.keepAlive.follow(request)
    if (this.#connection) this.#connection.send(request)
    else request.fail(this.#unreachable())
    return request.promise
  }

  /** From now on there is a connection, for what goes in front of the requests of users. */
  attach(connection: Connection): void {
    this.#connection = connection
  }

  /** From now on the connection takes the requests of users. */
  open(): void {
    this.#isOpen = true
    this.pump()
  }

  /** Sends what waits, as far as there is room. */
  pump(): void {
    while (this.#isOpen && this.#queue.length > 0 && this.#hasRoom()) {
      const request = this.#queue.shift()
      if (request) this.#connection?.send(request)
    }
  }

  /** The connection is over: of changes on their way nobody knows the outcome; what can be repeated goes in front of what waits. */
  detach(reason: string): void {
    const unanswered = this.#connection?.takeUnanswered() ?? []
    this.#connection = undefined
    this.#isOpen = false
    for (const request of unanswered) {
      if (request.operation.changes) request.fail(new OutcomeUnknown(request.operation.text, reason))
      else if (request.bound) request.fail(new BackendUnreachable('ZooKeeper', reason))
    }
    this.#queue.putBack(unanswered.filter(({ settled }) => !settled))
  }

  giveUpOverdue(now: number): void {
    for (const request of this.#queue.takeOverdue(now)) request.fail(this.#unreachable())
  }

  /** Refuses everything that waits or will come. */
  close(): void {
    this.#isClosed = true
    this.#queue.failWhere(() => new Closed('The ZooKeeper client'))
  }

  #refusalOf(request: Request): Error | undefined {
    if (this.#isClosed) return new Closed('The ZooKeeper client')
    if (this.#queue.length >= this.settings.maxQueued) return new QueueFull(this.settings.maxQueued)
    return this.#lostFor(request)
  }

  #lostFor({ epoch }: Request): Error | undefined {
    return epoch !== undefined && this.states.isOver(epoch) ? new SessionLost(epoch) : undefined
  }

  #unreachable(): BackendUnreachable {
    return new BackendUnreachable(`ZooKeeper at ${this.servers.map(formatServer).join(',')}`, this.states.now.reason ?? 'no answer')
  }

  #hasRoom(): boolean {
    const connection = this.#connection
    return connection?.isOver() === false && connection.inFlight < this.settings.maxInFlight && connection.inFlightBytes < maxBytesInFlight
  }
}

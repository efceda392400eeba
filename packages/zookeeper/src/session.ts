import { OperationTimedOut } from '@muster/common'

import { Channel } from './channel.js'
import type { Ears } from './connection.js'
import { Connector } from './connector.js'
import { Heartbeat } from './heartbeat.js'
import { KeepAlive } from './keep-alive.js'
import { Lease } from './lease.js'
import type { Operation } from './operations.js'
import type { Settings } from './options.js'
import type { RequestOptions } from './request.js'
import { Restoration } from './restoration.js'
import { safely } from './safely.js'
import type { ServerAddress } from './servers.js'
import { SessionStates } from './session-state.js'
import type { SessionState } from './session-state.js'
import { Watches } from './watches.js'

/**
 * One session at a time, kept alive over any number of connections; when one is lost, the next one. Every request gets a
 * definite outcome. Owns all its parts, their timers and their connection; everything ends with `close`.
 */
export class Session {
  readonly watches = new Watches()
  readonly lease: Lease
  readonly #states: SessionStates
  readonly #keepAlive = new KeepAlive(this.watches)
  readonly #channel: Channel
  readonly #restoration: Restoration
  readonly #connector: Connector
  #closing: Promise<void> | undefined

  constructor(servers: readonly ServerAddress[], settings: Settings) {
    this.lease = new Lease(settings.sessionTimeoutMs)
    this.#states = new SessionStates(settings.logger)
    this.#channel = new Channel(servers, settings, this.lease, this.#states, this.#keepAlive)
    this.#restoration = new Restoration(settings, this.lease, this.watches, this.#channel)
    const ears: Ears = {
      onEvent: (type, path) => {
        for (const { listener, event } of this.watches.take({ type, path })) safely(settings.logger, () => listener(event))
        this.#keepAlive.review()
      },
      onAnswer: (sentAt, zxid) => {
        this.lease.renew(sentAt, zxid)
        this.#channel.pump()
      },
    }
    this.#connector = new Connector(servers, settings, ears, {
      lease: this.lease,
      states: this.#states,
      channel: this.#channel,
      heartbeat: new Heartbeat(this.lease, this.#states, this.#channel),
      restoration: this.#restoration,
    })
  }

  get state(): SessionState {
    return this.#states.now
  }

  /** 0n while there is none. */
  get id(): bigint {
    return this.lease.id
  }

  get lastZxid(): bigint {
    return this.lease.lastZxid
  }

  trustedUntil(): number {
    const { state } = this.state
    return state === 'lost' || state === 'closed' || performance.now() >= this.lease.over ? 0 : Math.max(0, this.lease.trustedUntil)
  }

  onState(listener: (state: SessionState) => void): () => void {
    return this.#states.on(listener)
  }

  /** `listener` runs on each later connection, before the requests of users, which wait for its promise. */
  onResume(listener: () => void | Promise<void>): () => void {
    return this.#restoration.onResume(listener)
  }

  request<T>(operation: Operation<T>, options?: RequestOptions): Promise<T> {
    return this.#channel.request(operation, options)
  }

  /** In front of the requests of users; for what must be known before they go on. Fails when the connection does. */
  requestNow<T>(operation: Operation<T>, options?: RequestOptions): Promise<T> {
    return this.#channel.requestNow(operation, options)
  }

  /** Ends the session, at the latest after `timeoutMs`. @throws OperationTimedOut if it `owns` nodes and no server has confirmed their end */
  close(timeoutMs: number, owns: () => boolean): Promise<void> {
    return (this.#closing ??= this.#close(timeoutMs, owns).finally(() => this.#keepAlive.end()))
  }

  async #close(timeoutMs: number, owns: () => boolean): Promise<void> {
    this.#keepAlive.beginClosing()
    this.#channel.close()
    const isEnded = await this.#endSession(timeoutMs, owns)
    await this.#connector.stop()
    this.#channel.close() // reads that were on their way to the end
    this.#states.closed()
    this.#restoration.clear()
    this.watches.clear()
    if (!isEnded && owns()) throw new OperationTimedOut('Closing the ZooKeeper session', timeoutMs, { hint: 'Its ephemeral nodes go when the servers end the session.' })
  }

  /** True when the servers have ended it. Without nodes of its own a session that no server can be told of may as well end by itself. */
  async #endSession(timeoutMs: number, owns: () => boolean): Promise<boolean> {
    if (this.id === 0n) return true
    if (!this.#channel.connection && !owns()) return false
    return this.#connector.endSession(timeoutMs)
  }
}

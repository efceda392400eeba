import { messageOf } from '@muster/common'

import { Backoff } from './backoff.js'
import type { Channel } from './channel.js'
import { Connection } from './connection.js'
import type { Ears, Welcome } from './connection.js'
import type { Heartbeat } from './heartbeat.js'
import type { Lease } from './lease.js'
import { opcode } from './operations.js'
import type { Operation } from './operations.js'
import type { Settings } from './options.js'
import { Request } from './request.js'
import type { Restoration } from './restoration.js'
import { Rotation } from './servers.js'
import type { ServerAddress } from './servers.js'
import type { SessionStates } from './session-state.js'

/** The parts of a session that a new connection concerns. */
export interface Parts {
  readonly lease: Lease
  readonly states: SessionStates
  readonly channel: Channel
  readonly heartbeat: Heartbeat
  readonly restoration: Restoration
}

/** Dials one server after the other, for ever, and goes on with the session on each connection, begins one, or ends it. */
export class Connector {
  readonly #parts: Parts
  readonly #settings: Settings
  readonly #ears: Ears
  readonly #rotation: Rotation
  readonly #backoff: Backoff
  readonly #stop = new AbortController()
  readonly #run: Promise<void>
  /** Set when the session is to be ended; called when a server has done so. */
  #onSessionEnded: (() => void) | undefined

  constructor(servers: readonly ServerAddress[], settings: Settings, ears: Ears, parts: Parts) {
    this.#parts = parts
    this.#settings = settings
    this.#ears = ears
    this.#rotation = new Rotation(servers)
    this.#backoff = new Backoff(servers.length, settings.sessionTimeoutMs)
    this.#run = this.#connectForEver()
  }

  /** Has the session ended by this server, or the next one that answers. Resolves with true when one has done so, with false after `timeoutMs`. */
  async endSession(timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), timeoutMs)))
    const ended = new Promise<true>((resolve) => (this.#onSessionEnded = () => resolve(true)))
    const { connection, isOpen } = this.#parts.channel
    if (connection && isOpen) void this.#endSession(connection).catch(() => {})
    else connection?.destroy(new Error('closing'))
    const isEnded = await Promise.race([ended, late])
    clearTimeout(timer)
    return isEnded
  }

  /** Resolves when nothing is dialled any more and the connection is over. */
  async stop(): Promise<void> {
    this.#stop.abort()
    this.#parts.channel.connection?.destroy(new Error('closed'))
    this.#parts.heartbeat.stop()
    await this.#run
  }

  get #isEnding(): boolean {
    return this.#stop.signal.aborted || this.#onSessionEnded !== undefined
  }

  /** There is a session of which nothing is wanted but its end. */
  get #isGivenUp(): boolean {
    return this.#parts.lease.id !== 0n && (this.#parts.states.isLost || this.#isEnding)
  }

  async #connectForEver(): Promise<void> {
    const { channel, states, heartbeat } = this.#parts
    const { signal } = this.#stop
    while (!signal.aborted) {
      const ended = await this.#connectOnce().catch((error: unknown) => error)
      const reason = messageOf(ended)
      channel.detach(reason)
      if (!this.#isEnding) states.suspended(reason)
      heartbeat.review()
      await this.#backoff.pause(signal).catch(() => {})
    }
  }

  /** Dials one server and stays for as long as the connection lasts. Resolves with why it ended. */
  async #connectOnce(): Promise<Error> {
    const { lease, states } = this.#parts
    const { sessionTimeoutMs } = this.#settings
    const farewell = this.#isGivenUp ? new Request(closeSession, Infinity) : undefined
    if (farewell) farewell.bound = true
    const hello = {
      sessionId: lease.id,
      password: lease.password,
      timeoutMs: sessionTimeoutMs,
      lastZxid: states.isLost ? 0n : lease.lastZxid, // servers that lost their data must not be dialled in vain for ever
      farewell,
    }
    const dialTimeoutMs = Math.max(Math.min(1000, sessionTimeoutMs / 4), sessionTimeoutMs / (2 * this.#rotation.size))
    const { connection, welcome } = await Connection.open(this.#rotation.next(), this.#settings, hello, this.#ears, dialTimeoutMs, this.#stop.signal)
    try {
      return await this.#use(connection, welcome, farewell)
    } finally {
      connection.destroy(new Error('given up'))
    }
  }

  async #use(connection: Connection, welcome: Welcome, farewell: Request<void> | undefined): Promise<Error> {
    const { lease, states, channel, heartbeat } = this.#parts
    if (welcome.timeoutMs === 0) {
      if (lease.id === 0n) return new Error(`${connection.server} refuses to make a session`)
      states.lost('the servers say that it is over')
      return this.#goOnWithout('the session is over')
    }
    if (lease.id !== 0n && welcome.sessionId !== lease.id) {
      states.lost('a server made a new session instead')
      this.#forget()
    }
    const isLater = lease.sessions > 0
    const isGivenUp = this.#isGivenUp
    channel.attach(connection)
    lease.begin(welcome)
    heartbeat.review()
    if (isGivenUp) return this.#endSession(connection, farewell?.promise)
    await Promise.race([this.#restore(connection, isLater), connection.ended])
    const provedAt = performance.now() + lease.timeoutMs / 6
    const reason = await connection.ended
    if (performance.now() > provedAt) this.#backoff.reset()
    return reason
  }

  /** Credentials, watches, a sync, the listings of those who watch; only then the requests of users. */
  async #restore(connection: Connection, isLater: boolean): Promise<void> {
    const { lease, states, channel, restoration } = this.#parts
    await restoration.prepare(connection, isLater)
    if (connection.isOver()) return
    states.connected(lease.sessions)
    if (isLater) await restoration.resume()
    if (!connection.isOver()) channel.open()
  }

  /** The end of a session that this client gave up before the servers did: its successor must not meet its nodes. */
  async #endSession(connection: Connection, farewell = this.#parts.channel.requestNow(closeSession)): Promise<Error> {
    await Promise.race([farewell, connection.ended.then((reason) => Promise.reject(reason))])
    return this.#goOnWithout('the former session was ended')
  }

  #goOnWithout(reason: string): Error {
    this.#forget()
    this.#backoff.skip()
    return new Error(reason)
  }

  #forget(): void {
    this.#parts.lease.end()
    this.#onSessionEnded?.()
  }
}

const closeSession: Operation<void> = { opcode: opcode.closeSession, text: 'closeSession', changes: false, write: () => {}, read: () => undefined }

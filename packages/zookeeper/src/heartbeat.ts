import type { Channel } from './channel.js'
import type { Connection } from './connection.js'
import type { Lease } from './lease.js'
import type { SessionStates } from './session-state.js'
import { Timer } from './timer.js'

/**
 * All that happens by time alone: pings, doubt about a connection that does not answer, the loss of the session, the end of
 * a request's wait. One timer is enough for it.
 */
export class Heartbeat {
  readonly #timer = new Timer(() => this.#tick())
  /** True while what may lie unread in the socket is read, before it is judged. */
  #isReading = false

  constructor(
    private readonly lease: Lease,
    private readonly states: SessionStates,
    private readonly channel: Channel,
  ) {
    channel.onWaiting = (deadline) => this.#timer.before(deadline)
  }

  /** To be called when a connection has begun or ended. */
  review(): void {
    this.#timer.before(Math.min(this.#nextLook(), this.channel.nextDeadline))
  }

  stop(): void {
    this.#timer.stop()
  }

  /** On `performance.now()`: when the next ping is due or the next doubt begins. */
  #nextLook(): number {
    const { timeoutMs, trustedUntil, over, id } = this.lease
    const { connection } = this.channel
    if (connection) return Math.min(trustedUntil, connection.pingSentAt === 0 ? connection.lastSentAt + timeoutMs / 3 : Infinity)
    return id !== 0n && this.states.now.state === 'suspended' ? over : Infinity
  }

  #tick(): void {
    const now = performance.now()
    const { timeoutMs, trustedUntil, over, id } = this.lease
    const { connection } = this.channel
    if (connection && now >= trustedUntil) {
      this.#doubt(connection)
      return
    }
    this.#isReading = false
    if (connection && now >= connection.lastSentAt + timeoutMs / 3 - 1) connection.ping()
    if (!connection && id !== 0n && now >= over) this.states.lost(`no server has answered for ${Math.round(timeoutMs)} ms`)
    this.channel.giveUpOverdue(now)
    this.review()
  }

  /** If this process itself was asleep the answer may lie unread in the socket, or nothing was asked in time: first it reads, then it asks, then it judges. */
  #doubt(connection: Connection): void {
    if (!this.#isReading) {
      this.#isReading = true
      setImmediate(() => setImmediate(() => this.#tick()))
      return
    }
    this.#isReading = false
    const { timeoutMs, trustedUntil, over } = this.lease
    if (connection.unansweredSince === Infinity) connection.ping()
    const judgement = Math.min(over, connection.unansweredSince + timeoutMs / 12)
    const now = performance.now()
    if (now < judgement) this.#timer.before(judgement)
    else connection.destroy(new Error(`${connection.server} has not answered for ${Math.round(now - trustedUntil + (timeoutMs * 2) / 3)} ms`))
  }
}

import type { Welcome } from './connection.js'

const noPassword = Buffer.alloc(16)

/**
 * What the servers have granted: a session, known by its id and password, and for how long. The time can be known without
 * asking: the servers count from the last request they saw, which is at the earliest when the last answered request was
 * sent. All times are on `performance.now()`.
 */
export class Lease {
  timeoutMs: number
  /** How many sessions were granted; this one is the last of them. */
  sessions = 0
  #id = 0n
  #password: Buffer = noPassword
  #lastZxid = 0n
  #contactAt = -Infinity

  /** @param timeoutMs what is asked for; the servers may grant another one */
  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs
  }

  /** 0n while there is no session. */
  get id(): bigint {
    return this.#id
  }

  get password(): Buffer {
    return this.#password
  }

  /** The last change that a server of this session had seen. */
  get lastZxid(): bigint {
    return this.#lastZxid
  }

  /** A server has taken the session up, or made a new one. */
  begin({ sessionId, password, timeoutMs, askedAt }: Welcome): void {
    if (this.#id === 0n) this.sessions += 1
    this.#id = sessionId
    this.#password = password
    this.timeoutMs = timeoutMs
    this.#contactAt = askedAt
  }

  /** A request that was sent at `contactAt` is answered. */
  renew(contactAt: number, zxid: bigint): void {
    if (contactAt > this.#contactAt) this.#contactAt = contactAt
    if (zxid > this.#lastZxid) this.#lastZxid = zxid
  }

  /** The servers have ended the session. */
  end(): void {
    this.#id = 0n
    this.#password = noPassword
    this.#lastZxid = 0n
    this.#contactAt = -Infinity
  }

  /** Until then no server can have ended the session. */
  get trustedUntil(): number {
    return this.#contactAt + (this.timeoutMs * 2) / 3
  }

  /** From then on the session must be taken for over. */
  get over(): number {
    return this.#contactAt + this.timeoutMs
  }
}

import { randomUUID } from 'node:crypto'

import type { Sql } from '@muster/database'

import { ownIdentity } from '../../process-identity.js'

/** Milliseconds on a clock that all processes of one boot share and nobody can set. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n)

/**
 * True when a lease holds. One that ends later than its own length from now was written under another boot, on a
 * system where boots cannot be told apart.
 */
export const isCurrent = (leaseUntil: number, timeoutMs: number, now: number): boolean => leaseUntil > now && leaseUntil - now <= timeoutMs

/** One backend session: the row that this process's ephemeral entries belong to, from its first such entry on. */
export class Lease {
  readonly id = randomUUID()
  readonly timeoutMs: number
  #registered = false
  #renewedAt = 0
  #until = 0

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs
  }

  /** True once the row may be there. */
  get registered(): boolean {
    return this.#registered
  }

  /** On `performance.now()`; the sweepers surely keep the session until then. */
  trustedUntil(): number {
    return this.#renewedAt + (this.timeoutMs * 2) / 3
  }

  /** True when a sweeper may have removed the session, even if nobody can be asked. */
  isOver(): boolean {
    return this.#registered && monotonicMs() >= this.#until
  }

  /** Within a commit that makes an ephemeral entry: makes the row, or returns false when the session is over. */
  ensure(sql: Sql): boolean {
    if (this.#registered) return this.#renewRow(sql, monotonicMs())
    const { bootId, pidNamespace, pid, startTime } = ownIdentity
    this.#hold((until) => {
      sql.run('INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)', this.id, bootId, pidNamespace, pid, startTime, this.timeoutMs, until)
      return true
    }, monotonicMs())
    return true
  }

  /** Renews the lease; false when the session is over. */
  renew(sql: Sql): boolean {
    return this.#renewRow(sql, monotonicMs())
  }

  #renewRow(sql: Sql, now: number): boolean {
    return this.#hold((until) => sql.run('UPDATE sessions SET lease_until = ? WHERE id = ? AND lease_until > ?', until, this.id, now) === 1, now)
  }

  #hold(write: (until: number) => boolean, now: number): boolean {
    const sentAt = performance.now()
    if (!write(now + this.timeoutMs)) return false
    this.#registered = true
    this.#renewedAt = sentAt
    this.#until = now + this.timeoutMs
    return true
  }
}

import type { Sql } from '@muster/database'

import { ownIdentity } from '../../process-identity.js'

/** Milliseconds on a clock that all processes of one boot share and nobody can set. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n)

/**
 * True when a lease holds. One that ends later than its own length from now was written under another boot, on a
 * system where boots cannot be told apart.
 */
export const isCurrent = (leaseUntil: number, timeoutMs: number, now: number): boolean => leaseUntil > now && leaseUntil - now <= timeoutMs

/** When a lease was written: `sentAt` on `performance.now()`, `until` on `monotonicMs()`. Counts once its transaction is committed. */
export interface Renewal {
  readonly sentAt: number
  readonly until: number
}

/** One backend session: the row that this process's ephemeral entries belong to, from its first such entry on. */
export class Lease {
  readonly timeoutMs: number
  #id: string | undefined
  #last: Renewal | undefined

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs
  }

  get id(): string {
    this.#id ??= crypto.randomUUID()
    return this.#id
  }

  /** True once the row is there. */
  get registered(): boolean {
    return this.#last !== undefined
  }

  /** On `performance.now()`; the sweepers surely keep the session until then. */
  trustedUntil(): number {
    return (this.#last?.sentAt ?? 0) + (this.timeoutMs * 2) / 3
  }

  /** True when a sweeper may have removed the session, even if nobody can be asked. */
  isOver(): boolean {
    return this.#last !== undefined && monotonicMs() >= this.#last.until
  }

  /** Within a transaction: makes or renews the row. Undefined when the session is over. */
  write(sql: Sql): Renewal | undefined {
    const now = monotonicMs()
    const renewal = { sentAt: performance.now(), until: now + this.timeoutMs }
    if (this.registered) {
      return sql.run('UPDATE sessions SET lease_until = ? WHERE id = ? AND lease_until > ?', renewal.until, this.id, now) === 1 ? renewal : undefined
    }
    const { bootId, pidNamespace, pid, startTime } = ownIdentity
    // The row may be there after a commit whose outcome stayed unknown.
    sql.run(
      'INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET lease_until = excluded.lease_until',
      ...[this.id, bootId, pidNamespace, pid, startTime, this.timeoutMs, renewal.until],
    )
    return renewal
  }

  /** The transaction of this renewal is committed. */
  confirm(renewal: Renewal): void {
    if (this.#last === undefined || renewal.until > this.#last.until) this.#last = renewal
  }
}

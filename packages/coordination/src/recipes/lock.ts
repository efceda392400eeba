import { compareText, LockAcquireFailed } from '@muster/common'

import { Rejected } from '../contract.js'
import type { Entry, Session } from '../contract.js'
import { Deadline } from '../deadline.js'
import { decodeKey, encodeKey } from '../keys.js'
import { contend } from './contest.js'
import type { Keeping, Patience } from './contest.js'
import type { Holding } from './holding.js'
import { blockerOf, decodeContender, encodeContender, lineUp } from './queue.js'
import type { ContenderKind } from './queue.js'
import type { Trust } from './trust.js'

export interface AcquireOptions extends Patience, Keeping {
  /** Shares the lock with others that do; waits only for those who want it alone. Default: alone. */
  readonly shared?: boolean | undefined
}

export interface BreakOptions {
  /** How long a holder that is asked to let go has for it, ms, before its place is removed; default 2000. */
  readonly graceMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Somebody who holds a lock or waits for it. */
export interface LockContender {
  readonly lock: string
  readonly memberId: string
  readonly kind: ContenderKind
  readonly isHolder: boolean
  /** When it came to stand in line, ms, by the backend's clock. */
  readonly since: number
  /** What its fencing token is, or will be. */
  readonly fencingToken: bigint
}

/**
 * A lock that processes on all hosts of the backend share, Python's tooz and kazoo among them. First come, first served; a
 * release wakes one contender.
 */
export class Lock {
  readonly name: string
  readonly #session: Session
  readonly #trust: Trust
  readonly #memberId: string

  constructor(session: Session, trust: Trust, name: string, memberId: string) {
    this.#session = session
    this.#trust = trust
    this.#memberId = memberId
    this.name = decodeKey(encodeKey(name)) // as lists show it: a long name is cut
  }

  /**
   * Resolves when the lock is held. While the backend cannot be reached, it waits on; after a lost session it stands at the end of
   * the line again. Given up, by deadline or signal, it leaves the line.
   * @throws LockAcquireFailed with `timeoutMs: 0` when others have it, OperationTimedOut @see tooz Lock.acquire
   */
  acquire({ shared = false, keepPlace, timeoutMs, signal }: AcquireOptions = {}): Promise<Holding> {
    const taken = (): Error => new LockAcquireFailed(this.name, { hint: 'Another holds it. See who with svc locks, or wait for it.' })
    const contest = { session: this.#session, trust: this.#trust, collection: collectionOf(this.name), memberId: this.#memberId, what: `Lock '${this.name}'`, missing: taken, taken, keepPlace }
    return contend({ ...contest, kind: shared ? 'shared' : 'exclusive' }, { timeoutMs, signal })
  }

  /** Who holds it and who waits, first in line first; nobody when it was never asked for. */
  async contenders({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<LockContender[]> {
    return (await lineOf(this.#session, this.name, signal)).map(({ contender }) => contender)
  }

  /**
   * Takes the lock away from those who hold it. They are told the reason and let go; the place of one that does not within
   * `graceMs` is removed, and if its process lives, only the fencing token protects from it. Resolves with the number of holders
   * when all of them are out of the line. @see tooz Lock.break_
   */
  async break(reason: string, { graceMs = 2000, signal }: BreakOptions = {}): Promise<number> {
    const holders = (await lineOf(this.#session, this.name, signal)).filter(({ contender }) => contender.isHolder)
    await Promise.all(holders.map(({ entry }) => this.#oust(entry, reason, graceMs, signal)))
    return holders.length
  }

  async #oust(entry: Entry, request: string, graceMs: number, signal: AbortSignal | undefined): Promise<void> {
    using deadline = new Deadline(graceMs, signal)
    try {
      const { memberId } = decodeContender(entry.data)
      await this.#session.commit([{ op: 'put', at: entry, data: encodeContender({ memberId, request: request.slice(0, longestReason) }) }], { signal })
      await this.#session.gone(entry, { signal: deadline.signal })
    } catch (error) {
      if (error instanceof Rejected) return // it let go by itself
      if (!deadline.isOver) throw error
      await this.#session.commit([{ op: 'delete', at: entry }], { signal }).catch((failure: unknown) => {
        if (!(failure instanceof Rejected)) throw failure
      })
    }
  }
}

const longestReason = 1000
const listedAtOnce = 16

/** The contenders of every lock, by name of the lock in code-point order, first in line first. */
export async function listLocks(session: Session, { signal }: { readonly signal?: AbortSignal | undefined }): Promise<LockContender[]> {
  const names = (await session.keys('locks', { consistent: true, signal })).map(decodeKey).sort(compareText)
  const found: LockContender[] = []
  for (let at = 0; at < names.length; at += listedAtOnce) {
    const lines = await Promise.all(names.slice(at, at + listedAtOnce).map((name) => lineOf(session, name, signal)))
    found.push(...lines.flat().map(({ contender }) => contender))
  }
  return found
}

const collectionOf = (name: string): string => `locks/${encodeKey(name)}`

async function lineOf(session: Session, lock: string, signal: AbortSignal | undefined): Promise<{ entry: Entry; contender: LockContender }[]> {
  const { entries } = await session.list(collectionOf(lock), { consistent: true, signal })
  const byKey = new Map(entries.map((entry) => [entry.key, entry]))
  const line = lineUp(byKey.keys())
  return line.map(({ key, kind }, index) => {
    const entry = byKey.get(key) as Entry
    const { memberId } = decodeContender(entry.data)
    return { entry, contender: { lock, memberId, kind, isHolder: blockerOf(line, index) === undefined, since: entry.createdAt, fencingToken: BigInt(entry.created) } }
  })
}

import type { Logger } from '@muster/common'
import type { Sql } from '@muster/database'

import { lookAt, ownIdentity } from '../../process-identity.js'
import type { ProcessIdentity } from '../../process-identity.js'
import { nextRevision, removeSession } from './sql-commit.js'
import { isCurrent, monotonicMs } from './sql-lease.js'
import type { SqlStore } from './sql-store.js'

/** How often a live process looks whether the others are. */
export const sweepEveryMs = 200
/** A sweeper that has not renewed its row for so long is replaced. */
export const sweeperStaleAfterMs = 1000

interface IdentityRow {
  boot_id: string
  pid_namespace: string
  pid: number
  start_time: string
}

export interface SessionRow extends IdentityRow {
  id: string
  timeout_ms: number
  lease_until: number
}

interface SweeperRow extends IdentityRow {
  session: string
  renewed: number
}

const identityOf = (row: IdentityRow): ProcessIdentity => ({ bootId: row.boot_id, pidNamespace: row.pid_namespace, pid: row.pid, startTime: row.start_time })

const isOtherBoot = (row: IdentityRow): boolean => row.boot_id !== ownIdentity.bootId

/** Why a session has ended: its host booted anew, its process is gone, or its lease is over. Undefined while it lives. */
function endOf(row: SessionRow, now: number): 'dead' | 'expired' | undefined {
  if (isOtherBoot(row) || lookAt(identityOf(row)) === 'dead') return 'dead'
  return isCurrent(row.lease_until, row.timeout_ms, now) ? undefined : 'expired'
}

/** What is known of a session that has not been removed yet. */
export function sightOf(row: SessionRow): 'dead' | 'alive' | 'unknown' {
  const end = endOf(row, monotonicMs())
  if (end === 'dead') return 'dead'
  return end === undefined && lookAt(identityOf(row)) === 'alive' ? 'alive' : 'unknown'
}

/** The session of an entry's owner, if it has not been removed yet. */
export const findSession = (sql: Sql, id: string): SessionRow | undefined => sql.get<SessionRow>('SELECT * FROM sessions WHERE id = ?', id)

/** Who sweeps now, or did last; undefined while nobody ever has. */
export const findSweeper = (sql: Sql): SweeperRow | undefined => sql.get<SweeperRow>("SELECT * FROM sweeper WHERE session <> ''")

/**
 * Removes the sessions that are over, each in a commit that watchers see. Resolves to how many they were.
 * Looking costs one read and a glance at each process; nothing is written when all are alive.
 */
export async function sweep(store: SqlStore, timeoutMs: number, logger: Logger): Promise<number> {
  const over = await store.read((sql) => endedSessions(sql), [], { timeoutMs })
  if (over.length === 0) return 0
  const removed = await store.commit(
    (sql) => {
      const stillOver = endedSessions(sql) // renewed or removed since
      const revision = stillOver.length > 0 ? nextRevision(sql) : 0
      for (const { id } of stillOver) removeSession(sql, revision, id)
      return stillOver
    },
    { timeoutMs, durable: false },
  )
  for (const { pid, end } of removed) logger.info({ pid, end }, 'session removed')
  return removed.length
}

function endedSessions(sql: Sql): { id: string; pid: number; end: string | undefined }[] {
  const sessions = sql.all<SessionRow>('SELECT * FROM sessions')
  const now = monotonicMs() // after the read, so that no lease that was read begins later
  return sessions
    .map((row) => ({ id: row.id, pid: row.pid, end: endOf(row, now) }))
    .filter(({ end }) => end !== undefined)
}

/**
 * One process sweeps for all: the one named in the `sweeper` row. Every process with a session looks at that row
 * every 200 ms and takes it over when its process is gone, or has not renewed it for a second (it may be stopped).
 * No file lock elects it, because a stopped process keeps its locks.
 */
export class Sweeper {
  readonly #store: SqlStore
  readonly #session: () => string
  readonly #logger: Logger
  #timer: NodeJS.Timeout | undefined
  #running = false
  #holdsRow = false

  constructor(store: SqlStore, session: () => string, logger: Logger) {
    this.#store = store
    this.#session = session
    this.#logger = logger
  }

  /** Begins to look; does not keep the process alive. */
  start(): void {
    this.#timer ??= setInterval(() => void this.#tick(), sweepEveryMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Lets the next process that looks take over. Resolves when that is stored, at once if another sweeps. */
  async resign(timeoutMs: number): Promise<void> {
    if (!this.#holdsRow) return
    await this.#store.write((sql) => sql.run("UPDATE sweeper SET session = '', renewed = 0 WHERE session = ?", this.#session()), { timeoutMs, durable: false })
  }

  async #tick(): Promise<void> {
    if (this.#running) return
    this.#running = true
    try {
      this.#holdsRow = await this.#isSweeper()
      if (this.#holdsRow) await sweep(this.#store, sweepEveryMs, this.#logger)
    } catch (error) {
      this.#logger.debug({ err: error }, 'not swept') // locked or unreachable: the session's own renewals tell `suspended`
    } finally {
      this.#running = false
    }
  }

  /** Renews the row if it is ours and takes it over if its owner is gone; true when it is ours now. */
  async #isSweeper(): Promise<boolean> {
    const row = await this.#store.read((sql) => sql.get<SweeperRow>('SELECT * FROM sweeper'), undefined, { timeoutMs: sweepEveryMs })
    if (row === undefined) return false
    const session = this.#session()
    if (row.session !== session && !hasLapsed(row)) return false
    const { bootId, pidNamespace, pid, startTime } = ownIdentity
    return this.#store.write(
      (sql) =>
        sql.run(
          'UPDATE sweeper SET session = ?, boot_id = ?, pid_namespace = ?, pid = ?, start_time = ?, renewed = ? WHERE session = ? AND renewed = ?',
          ...[session, bootId, pidNamespace, pid, startTime, monotonicMs(), row.session, row.renewed],
        ) === 1,
      { timeoutMs: sweepEveryMs, durable: false },
    )
  }
}

function hasLapsed(row: SweeperRow): boolean {
  const age = monotonicMs() - row.renewed
  return isOtherBoot(row) || lookAt(identityOf(row)) === 'dead' || age > sweeperStaleAfterMs || age < 0
}

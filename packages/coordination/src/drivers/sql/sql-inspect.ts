import { importDatabase } from './sql-errors.js'
import { monotonicMs } from './sql-lease.js'
import { migrations } from './sql-paths.js'
import { findSweeper, sightOf, sweeperStaleAfterMs } from './sql-sweeper.js'
import type { SessionRow } from './sql-sweeper.js'

/** What a look into an embedded store tells of its health. */
export interface StoreInspection {
  readonly sqliteVersion: string
  /** `wal` unless somebody has changed it. */
  readonly journalMode: string
  /** `ok`, or the first damage that SQLite has found. */
  readonly quickCheck: string
  readonly entries: number
  readonly sessions: number
  /** Sessions whose process is gone: the next sweep removes them. */
  readonly deadSessions: number
  /** Undefined while nobody sweeps. */
  readonly sweeper: { readonly pid: number; readonly ageMs: number; readonly isFresh: boolean } | undefined
}

/**
 * Looks into the store's file and changes nothing in it. Resolves to undefined if there is no store.
 * @throws NotAllowed, InvalidArgument, NotSupported, BackendUnreachable (damaged, locked for `timeoutMs`)
 */
export async function inspectStore(file: string, { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal | undefined }): Promise<StoreInspection | undefined> {
  const { Sqlite } = await importDatabase()
  const wait = { timeoutMs, signal }
  const database = await Sqlite.open({ file, create: false, migrations }, wait)
  if (database === undefined) return undefined
  try {
    return await database.read((sql) => {
      const textOf = (query: string): string => String(Object.values(sql.get<Record<string, unknown>>(query) ?? {})[0])
      const sessions = sql.all<SessionRow>('SELECT * FROM sessions')
      const sweeper = findSweeper(sql)
      const ageMs = sweeper && monotonicMs() - sweeper.renewed
      return {
        sqliteVersion: textOf('SELECT sqlite_version()'),
        journalMode: textOf('PRAGMA journal_mode'),
        quickCheck: textOf('PRAGMA quick_check(1)'),
        entries: Number(textOf('SELECT count(*) FROM entries')),
        sessions: sessions.length,
        deadSessions: sessions.filter((row) => sightOf(row) === 'dead').length,
        sweeper: sweeper && ageMs !== undefined ? { pid: sweeper.pid, ageMs, isFresh: ageMs >= 0 && ageMs <= sweeperStaleAfterMs } : undefined,
      }
    }, wait)
  } finally {
    database.close()
  }
}

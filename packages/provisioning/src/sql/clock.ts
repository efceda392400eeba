import type { History } from '@muster/database/history'
import { sql } from 'kysely'
import type { Kysely, Transaction } from 'kysely'

import type { Tables } from './tables.js'

export type Reading = Kysely<Tables> | Transaction<Tables>

/** The one clock for all that report and read, ms: the server's, or on SQLite that of its one host. */
export async function databaseTime(kind: History<Tables>['kind'], tables: Reading): Promise<number> {
  if (kind === 'sqlite') return Date.now()
  const { rows } = await sql<{ now: number }>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now`.execute(tables)
  return rows[0]?.now ?? NaN
}

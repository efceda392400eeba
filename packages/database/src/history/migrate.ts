import { NotFound, NotSupported } from '@muster/common'
import { sql } from 'kysely'
import type { Transaction } from 'kysely'

import type { History } from './history.js'

/** Each brings the tables from version n to n + 1; run once, in order. Its statements are what both databases take. */
export type Migrations = readonly ((tables: Transaction<unknown>) => Promise<void>)[]

/** @throws NotSupported */
function mustBeKnown(tablesOf: string, found: number, migrations: Migrations): void {
  if (found <= migrations.length) return
  throw new NotSupported(`The tables of ${tablesOf} were made by a newer Muster (format ${found}, this one knows ${migrations.length})`, { hint: 'Update this installation.' })
}

/** Brings the tables of one package up to date, within a transaction. @throws NotSupported when they are of a newer Muster */
export async function migrate(tables: Transaction<unknown>, tablesOf: string, migrations: Migrations): Promise<void> {
  await sql`CREATE TABLE IF NOT EXISTS muster_tables (name varchar(100) PRIMARY KEY, version integer NOT NULL)`.execute(tables)
  await sql`INSERT INTO muster_tables (name, version) VALUES (${tablesOf}, 0) ON CONFLICT (name) DO NOTHING`.execute(tables)
  const { rows } = await sql<{ version: number }>`UPDATE muster_tables SET version = version WHERE name = ${tablesOf} RETURNING version`.execute(tables) // others wait here
  const found = rows[0]?.version ?? 0
  mustBeKnown(tablesOf, found, migrations)
  for (const step of migrations.slice(found)) await step(tables)
  await sql`UPDATE muster_tables SET version = ${migrations.length} WHERE name = ${tablesOf}`.execute(tables)
}

/**
 * Resolves when the tables of one package can be read as they are. @throws NotFound when nobody has made them yet; NotSupported when they are of another Muster
 */
export async function mustBeReadable(history: Pick<History<unknown>, 'kind' | 'shown' | 'read'>, tablesOf: string, migrations: Migrations, signal?: AbortSignal): Promise<void> {
  const found = await history.read(
    async (tables) => {
      const isThere = history.kind === 'sqlite' ? sql`SELECT 1 FROM sqlite_master WHERE name = 'muster_tables'` : sql`SELECT 1 WHERE to_regclass('muster_tables') IS NOT NULL`
      if ((await isThere.execute(tables)).rows.length === 0) return 0
      return (await sql<{ version: number }>`SELECT version FROM muster_tables WHERE name = ${tablesOf}`.execute(tables)).rows[0]?.version ?? 0
    },
    { signal },
  )
  if (found === 0) throw new NotFound(`A history in ${history.shown}`)
  mustBeKnown(tablesOf, found, migrations)
  if (found === migrations.length) return
  throw new NotSupported(`The tables of ${tablesOf} are of an older Muster (format ${found}, this one reads ${migrations.length})`, { hint: 'They are brought up to date by the svc serve of this version that keeps them.' })
}

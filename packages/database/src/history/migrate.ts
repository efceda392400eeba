import { NotSupported } from '@muster/common'
import { sql } from 'kysely'
import type { Transaction } from 'kysely'

/** Each brings the tables from version n to n + 1; run once, in order. Its statements are what both databases take. */
export type Migrations = readonly ((tables: Transaction<unknown>) => Promise<void>)[]

/** Brings the tables of one package up to date, within a transaction. @throws NotSupported when they are of a newer Muster */
export async function migrate(tables: Transaction<unknown>, tablesOf: string, migrations: Migrations): Promise<void> {
  await sql`CREATE TABLE IF NOT EXISTS muster_tables (name varchar(100) PRIMARY KEY, version integer NOT NULL)`.execute(tables)
  await sql`INSERT INTO muster_tables (name, version) VALUES (${tablesOf}, 0) ON CONFLICT (name) DO NOTHING`.execute(tables)
  const { rows } = await sql<{ version: number }>`UPDATE muster_tables SET version = version WHERE name = ${tablesOf} RETURNING version`.execute(tables) // others wait here
  const found = rows[0]?.version ?? 0
  if (found > migrations.length) {
    throw new NotSupported(`The tables of ${tablesOf} were made by a newer Muster (format ${found}, this one knows ${migrations.length})`, { hint: 'Update this installation.' })
  }
  for (const step of migrations.slice(found)) await step(tables)
  await sql`UPDATE muster_tables SET version = ${migrations.length} WHERE name = ${tablesOf}`.execute(tables)
}

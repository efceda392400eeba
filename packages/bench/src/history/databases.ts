import { join } from 'node:path'

import { messageOf } from '@muster/common'
import { findPostgresql, startPostgresql } from '@muster/testkit'

import type { Outcome } from '../outcome.js'
import type { ScratchStore } from '../scratch-store.js'

/** A database of a history. */
export interface Database {
  /** For people. */
  readonly name: string
  /** The URL of an empty one, for the history of that store. */
  readonly create: (store: ScratchStore) => Promise<string>
  /** Does at once what the server does by itself some time after much was written. */
  readonly settle: (url: string) => Promise<void>
}

/** Measures with SQLite and with PostgreSQL, each on the disk when it says so, as for users. */
export async function withEachDatabase(measure: (database: Database) => Promise<Outcome[]>): Promise<Outcome[]> {
  const outcomes = await measure({ name: 'SQLite', create: ({ folder }) => Promise.resolve(`sqlite:${join(folder, 'history.db')}`), settle: () => Promise.resolve() })
  if (!(await isThere('PostgreSQL', findPostgresql))) return outcomes
  await using server = await startPostgresql({ settings: { fsync: 'on' } })
  const settle = async (url: string): Promise<void> => {
    for (const statement of ['VACUUM ANALYZE', 'CHECKPOINT']) await server.sql(statement, url)
  }
  return [...outcomes, ...(await measure({ name: 'PostgreSQL', create: () => server.createDatabase(), settle }))]
}

/** False, and said so, where there is no such server: the rows that need it are left out then. */
export async function isThere(what: string, find: () => Promise<unknown>): Promise<boolean> {
  try {
    await find()
    return true
  } catch (error) {
    process.stderr.write(`NOT MEASURED with ${what}: ${messageOf(error)}\n`)
    return false
  }
}


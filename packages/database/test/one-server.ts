import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { openHistory } from '@muster/database/history'
import type { History, Migrations } from '@muster/database/history'
import { startPostgresql } from '@muster/testkit'
import type { PostgresqlOptions, PostgresqlServer } from '@muster/testkit'

export interface Tables {
  readonly items: { id: number }
}

export const migrations: Migrations = [(tables) => tables.schema.createTable('items').addColumn('id', 'bigint', (column) => column.primaryKey()).execute()]

export interface OneServer {
  readonly server: PostgresqlServer
  /** A history in the database of that URL, closed after the test. */
  open(url: string): Promise<History<Tables>>
}

/** A server for all tests of a file; it is there as soon as tests run. */
export function oneServer(options: PostgresqlOptions = {}): OneServer {
  const all: { server?: PostgresqlServer } = {}
  let opened: History<Tables>[] = []
  beforeAll(async () => {
    all.server = await startPostgresql(options)
  }, 120_000)
  afterEach(async () => {
    await Promise.all(opened.map((history) => history.close()))
    opened = []
  })
  afterAll(async () => await all.server?.[Symbol.asyncDispose]())
  return {
    get server() {
      if (!all.server) throw new Error('There is no server before the tests')
      return all.server
    },
    async open(url) {
      const history = await openHistory<Tables>(url, { tablesOf: 'items', migrations })
      opened.push(history)
      return history
    },
  }
}

export const insert = (history: History<Tables>, id: number): Promise<unknown> => history.write((tables) => tables.insertInto('items').values({ id }).execute())
export const ids = (history: History<Tables>): Promise<number[]> => history.read(async (tables) => (await tables.selectFrom('items').select('id').orderBy('id').execute()).map(({ id }) => id))

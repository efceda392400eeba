import { beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'

import type * as situationsModule from '../src/history/situations.test.support.js'
import { insert, oneServer } from './one-server.js'

const { situationsOfHistories } = (await import(new URL('../history/situations.test.support.js', import.meta.url).href)) as typeof situationsModule

const all = oneServer()
let url: string
beforeEach(async () => {
  url = await all.server.createDatabase()
})

describe('PostgreSQL', () => situationsOfHistories(() => url))

test('counts and sums are numbers, and an integer that is no exact number is an error', async () => {
  const history = await all.open(url)
  const select = (what: string): Promise<unknown> => history.read(async (tables) => (await sql<{ n: number }>`SELECT ${sql.raw(what)} AS n`.execute(tables)).rows[0]?.n)
  await insert(history, 3_000_000_000)
  expect(await select('(SELECT count(*) FROM items)')).toBe(1)
  expect(await select('(SELECT sum(id) FROM items)')).toBe(3_000_000_000)
  await expect(select('9007199254740993::bigint')).rejects.toThrow(RangeError)
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'

import { ChangeLog } from './change-log.js'

const length = 45_000
const rare = 44_000
const folder = mkdtempSync(join(tmpdir(), 'muster-'))
let log: ChangeLog

/** Change n is of time n. */
beforeAll(async () => {
  log = await ChangeLog.open(`sqlite:${join(folder, 'history.db')}`)
  await log.history.write(async (tables) => {
    await tables.insertInto('log').values({ only: 1, id: 'log', store: 'store', observer: '', first_seq: 1, next_seq: length + 1 }).execute()
    await sql`INSERT INTO changes (seq, id, at, kind, cause)
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${length})
      SELECT n, n, n, CASE n WHEN ${rare} THEN 'service.deleted' ELSE 'service.updated' END, 'admin' FROM numbers`.execute(tables)
    await sql`UPDATE changes SET before = '{"host":"h\u00e4","state":"up"}' WHERE seq = ${rare}`.execute(tables)
  })
})

afterAll(async () => {
  await log.close()
  rmSync(folder, { recursive: true })
})

test('who looks for a rare kind gets pages without any before the one that has it, and comes to the end', async () => {
  const pages: { readonly found: readonly number[]; readonly next: number }[] = []
  for (let after = 0; after < length; ) {
    const { changes, next } = await log.read({ kind: 'service.deleted' }, { after })
    pages.push({ found: changes.map(({ seq }) => seq), next })
    after = next
  }
  expect(pages).toEqual([{ found: [], next: 10_000 }, { found: [], next: 20_000 }, { found: [], next: 30_000 }, { found: [], next: 40_000 }, { found: [rare], next: length }])
})

test('the texts of a page are its changes', async () => {
  const [page, texts] = [await log.read({}, { after: rare - 2, limit: 3 }), await log.readTexts({}, { after: rare - 2, limit: 3 })]
  expect(texts).toEqual({ ...page, changes: page.changes.map((change) => JSON.stringify(change)) })
})

test('a page since a time goes on after the number before it', async () => {
  const first = await log.read({}, { from: 30_000, limit: 2 })
  expect(first.changes.map(({ seq }) => seq)).toEqual([30_000, 30_001])
  const second = await log.read({}, { from: 30_000, after: first.next, limit: 2 })
  expect(second.changes.map(({ seq }) => seq)).toEqual([30_002, 30_003])
})

test('of a kind since a time: the looking begins at that time', async () => {
  expect(await log.read({ kind: 'service.deleted' }, { from: 43_000 })).toMatchObject({ changes: [{ seq: rare }], next: length })
})

test('since a time to come there is nothing, and nothing is left to look at', async () => {
  expect(await log.read({}, { from: length + 1 })).toMatchObject({ changes: [], next: length, lastSeq: length })
})

import { beforeEach, expect, test } from '@jest/globals'
import { openHistory } from '@muster/database/history'
import type { History } from '@muster/database/history'

import { ids, insert, migrations, oneServer } from './one-server.js'
import type { Tables } from './one-server.js'

const all = oneServer()
let url: string
beforeEach(async () => {
  url = await all.server.createDatabase()
  await all.server.sql('DO $$ BEGIN CREATE ROLE only_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$', url)
})

const asReader = (): string => Object.assign(new URL(url), { username: 'only_reader', password: '' }).href
const openAsReader = (how: object = {}): Promise<History<Tables>> => openHistory<Tables>(asReader(), { tablesOf: 'items', migrations, readOnly: true, ...how })

test('a role with SELECT alone reads the history, is told of commits, and can write nothing', async () => {
  const writer = await all.open(url)
  await insert(writer, 1)
  await all.server.sql('GRANT SELECT ON ALL TABLES IN SCHEMA public TO only_reader', url)
  const reader = await openAsReader()
  try {
    expect(await ids(reader)).toEqual([1])
    let stop = (): void => {}
    const told = new Promise<void>((resolve) => (stop = reader.onCommit(resolve)))
    await insert(writer, 2)
    await told
    stop()
    expect(await ids(reader)).toEqual([1, 2])
    await expect(insert(reader, 3)).rejects.toMatchObject({ code: 'not_allowed' })
    expect(await ids(writer)).toEqual([1, 2])
  } finally {
    await reader.close()
  }
})

test('a role without SELECT is told which right is missing; the one who keeps it all the same needs more', async () => {
  await insert(await all.open(url), 1)
  await expect(openAsReader()).rejects.toMatchObject({ code: 'not_allowed', message: expect.stringContaining('permission denied'), hint: expect.stringContaining('SELECT') })
})

test('a database without tables is not found and stays empty; tables of an older Muster are refused', async () => {
  await expect(openAsReader()).rejects.toMatchObject({ code: 'not_found' })
  await expect(openHistory(url, { tablesOf: 'items', migrations, readOnly: true })).rejects.toMatchObject({ code: 'not_found' })
  await all.open(url)
  await all.server.sql('GRANT SELECT ON ALL TABLES IN SCHEMA public TO only_reader', url)
  await expect(openAsReader({ migrations: [...migrations, () => Promise.resolve()] })).rejects.toMatchObject({ code: 'not_supported', message: expect.stringContaining('older Muster') })
})

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { openEngine } from '../engine.js'
import { openHistory } from './history.js'
import type { History } from './history.js'
import type { Migrations } from './migrate.js'

interface Tables {
  readonly items: { id: number }
}

const migrations: Migrations = [(tables) => tables.schema.createTable('items').addColumn('id', 'integer').execute(), () => Promise.resolve()]
const options = { tablesOf: 'items', migrations }
const reading = { ...options, readOnly: true }

let root: string
let folder: string
let file: string
let opened: History<Tables>[] = []
const open = async (how: object = {}): Promise<History<Tables>> => {
  const history = await openHistory<Tables>(`sqlite:${file}`, { ...options, ...how })
  opened.push(history)
  return history
}
const insert = (history: History<Tables>, id: number): Promise<unknown> => history.write((tables) => tables.insertInto('items').values({ id }).execute())
const ids = async (history: History<Tables>): Promise<number[]> => (await history.read((tables) => tables.selectFrom('items').select('id').orderBy('id').execute())).map(({ id }) => id)
/** From now on the file is one that has all that was committed, in a folder of its own. */
async function leaveAlone(): Promise<void> {
  await opened.pop()?.close()
  const connection = await openEngine(file, 1000)
  connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  connection.close()
  mkdirSync(join(folder, 'alone'))
  copyFileSync(file, join(folder, 'alone', 'history.db'))
  folder = join(folder, 'alone')
  file = join(folder, 'history.db')
}
/** What is on the disk: names, bytes and times. */
const onDisk = (): unknown => readdirSync(folder).sort().map((name) => [name, statSync(join(folder, name)).mtimeMs, readFileSync(join(folder, name)).toString('base64')])

beforeEach(() => {
  root = folder = mkdtempSync(join(tmpdir(), 'muster-a b%23?-'))
  file = join(folder, 'history.db')
})
afterEach(async () => {
  for (const history of opened) await history.close()
  opened = []
  rmSync(root, { recursive: true, force: true })
})

test('a file that nobody has open is read, and nothing on the disk is another way', async () => {
  await insert(await open(), 1)
  await leaveAlone()
  const before = onDisk()
  const reader = await open(reading)
  expect(await ids(reader)).toEqual([1])
  expect(await ids(reader)).toEqual([1])
  await reader.close()
  expect(onDisk()).toEqual(before)
  expect(readdirSync(folder)).toEqual(['history.db'])
})

test('what another has committed is read as it comes, and told; neither file nor log is written by reading', async () => {
  const writer = await open()
  const reader = await open(reading)
  for (const id of [1, 2, 3]) {
    let stop = (): void => {}
    const told = new Promise<void>((resolve) => (stop = reader.onCommit(resolve)))
    await insert(writer, id)
    await told
    stop()
    const [main, log] = ['', '-wal'].map((suffix) => readFileSync(file + suffix))
    expect(await ids(reader)).toEqual([1, 2, 3].slice(0, id))
    expect(['', '-wal'].map((suffix) => readFileSync(file + suffix))).toEqual([main, log])
  }
})

test('a file that somebody begins to write while it is read is read once more', async () => {
  await insert(await open(), 1)
  await leaveAlone()
  const reader = await open(reading)
  let attempts = 0
  const read = await reader.read(async (tables) => {
    attempts += 1
    const rows = await tables.selectFrom('items').select('id').execute()
    if (attempts === 1) await insert(await open(), 2)
    return rows
  })
  expect([attempts, read]).toEqual([2, [{ id: 1 }, { id: 2 }]])
})

test('a reader is refused every write, by the history and by SQLite itself', async () => {
  await insert(await open(), 1)
  const reader = await open(reading)
  await expect(insert(reader, 2)).rejects.toMatchObject({ code: 'not_allowed' })
  await expect(reader.read((tables) => tables.insertInto('items').values({ id: 2 }).execute())).rejects.toMatchObject({ code: 'not_allowed', message: `Cannot open ${file} for reading` })
  expect(await ids(reader)).toEqual([1])
})

test('a file that is not there, and one without the tables, are not found, and are not made', async () => {
  await expect(open(reading)).rejects.toMatchObject({ code: 'not_found' })
  expect(readdirSync(folder)).toEqual([])
  writeFileSync(file, '')
  await expect(open(reading)).rejects.toMatchObject({ code: 'not_found' })
  await (await openHistory(`sqlite:${file}`, { tablesOf: 'others', migrations: [] })).close()
  await expect(open(reading)).rejects.toMatchObject({ code: 'not_found' })
})

test('tables of an older and of a newer Muster are refused, and left as they are', async () => {
  await (await open({ migrations: migrations.slice(0, 1) })).close()
  const before = onDisk()
  await expect(open(reading)).rejects.toMatchObject({ code: 'not_supported', message: expect.stringContaining('older Muster (format 1, this one reads 2)'), hint: expect.stringContaining('svc serve') })
  expect(onDisk()).toEqual(before)
  await (await open()).close()
  await expect(open({ ...reading, migrations: migrations.slice(0, 1) })).rejects.toMatchObject({ code: 'not_supported', message: expect.stringContaining('newer Muster') })
})

test('a file that is no database, or that is gone meanwhile, is told with its name', async () => {
  await insert(await open(), 1)
  await leaveAlone()
  const reader = await open(reading)
  renameSync(file, `${file}.old`)
  await expect(ids(reader)).rejects.toMatchObject({ code: 'not_allowed', message: `Cannot open ${file} for reading` })
  await reader.close()
  await expect(ids(reader)).rejects.toMatchObject({ code: 'closed' })
  writeFileSync(file, 'some text that is longer than a header '.repeat(40))
  await expect(open(reading)).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining(file) })
})

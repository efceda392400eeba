import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { Sqlite } from './sqlite.js'
import { writeLockHolder } from './write-lock.js'

const migrations = ['CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)']
const wait = { timeoutMs: 5000 }
let folder: string
let opened: Sqlite[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-database-'))
  opened = []
})

afterEach(() => {
  for (const database of opened) database.close()
  rmSync(folder, { recursive: true, force: true })
})

async function open(file = join(folder, 'data', 'a.db')): Promise<Sqlite> {
  const database = await Sqlite.open({ file, create: true, migrations }, wait)
  if (database === undefined) throw new Error('not opened')
  opened.push(database)
  return database
}

const names = (database: Sqlite): Promise<string[]> => database.read((sql) => sql.all<{ name: string }>('SELECT name FROM items ORDER BY id').map(({ name }) => name), wait)

describe('opening', () => {
  test('a file that is not there is neither opened nor made when reading', async () => {
    const file = join(folder, 'none', 'a.db')
    expect(await Sqlite.open({ file, create: false, migrations }, wait)).toBeUndefined()
    expect(() => statSync(join(folder, 'none'))).toThrow('ENOENT')
  })

  test('what is made is for its owner only, whatever the umask says', async () => {
    const before = process.umask(0)
    try {
      const database = await open()
      await database.write((sql) => sql.run("INSERT INTO items VALUES (1, 'a')"), wait)
      expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
      for (const suffix of ['', '-wal', '-shm']) expect(statSync(database.file + suffix).mode & 0o777).toBe(0o600)
    } finally {
      process.umask(before)
    }
  })

  test('many connections that open a new file at once all find it migrated exactly once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => open()))
    await all[0]?.write((sql) => sql.run("INSERT INTO items VALUES (1, 'a')"), wait)
    expect(await Promise.all(all.map(names))).toEqual(all.map(() => ['a']))
  })

  test('a file of a newer format is refused and left as it is', async () => {
    await open()
    await expect(Sqlite.open({ file: join(folder, 'data', 'a.db'), create: true, migrations: [] }, wait)).rejects.toMatchObject({
      code: 'not_supported',
      message: expect.stringContaining('newer Muster'),
    })
  })

  test('a folder whose place is taken by a file is refused with the sentence that says what to set', async () => {
    writeFileSync(join(folder, 'data'), '')
    await expect(open()).rejects.toMatchObject({
      code: 'invalid_argument',
      message: `Cannot use ${join(folder, 'data')}: it is not a folder. Set SVC_BACKEND=embedded:<another folder>`,
    })
  })

  test('a file that is no database is refused by name', async () => {
    mkdirSync(join(folder, 'data'))
    writeFileSync(join(folder, 'data', 'a.db'), 'hello, this is no database at all. '.repeat(100))
    await expect(open()).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('not a store of Muster') })
  })

  const testOnLinux = process.platform === 'linux' ? test : test.skip // elsewhere there is no /proc
  testOnLinux('a folder that the system does not let anybody make is refused at once', async () => {
    await expect(open('/proc/muster/data/a.db')).rejects.toMatchObject({ message: expect.stringMatching(/^Cannot use \/proc\/muster\/data: .*Set SVC_BACKEND/) })
  })

  test('a file in the place of the folder is an error for a reader too, never an empty store', async () => {
    writeFileSync(join(folder, 'data'), '')
    await expect(Sqlite.open({ file: join(folder, 'data', 'a.db'), create: false, migrations }, wait)).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  const asRoot = process.getuid?.() === 0
  test(`a folder that may not be looked into is refused to a reader, never taken for an empty store: ${asRoot ? 'tried as another user' : 'tried as this user'}`, async () => {
    await open()
    chmodSync(folder, 0o755)
    chmodSync(join(folder, 'data'), asRoot ? 0o700 : 0o000)
    const restore = asRoot ? process.geteuid?.() : undefined
    if (restore !== undefined) process.seteuid?.(65534)
    try {
      await expect(Sqlite.open({ file: join(folder, 'data', 'a.db'), create: false, migrations }, wait)).rejects.toMatchObject({ code: 'not_allowed' })
    } finally {
      if (restore !== undefined) process.seteuid?.(restore)
      chmodSync(join(folder, 'data'), 0o700)
    }
  })

  test(`a folder that may not be written is refused: ${asRoot ? 'tried as another user' : 'tried as this user'}`, async () => {
    const locked = join(folder, 'locked')
    mkdirSync(locked)
    chmodSync(locked, 0o555)
    chmodSync(folder, 0o755)
    const restore = asRoot ? process.geteuid?.() : undefined
    if (restore !== undefined) process.seteuid?.(65534)
    try {
      await expect(open(join(locked, 'data', 'a.db'))).rejects.toMatchObject({ code: 'not_allowed', message: expect.stringContaining('permission denied. Set SVC_BACKEND=embedded:<another folder>') })
    } finally {
      if (restore !== undefined) process.seteuid?.(restore)
    }
  })
})

describe('transactions', () => {
  test('writes apply in the order of their calls', async () => {
    const database = await open()
    await Promise.all(Array.from({ length: 50 }, (_, index) => database.write((sql) => sql.run('INSERT INTO items (name) VALUES (?)', `n${index}`), wait)))
    expect(await names(database)).toEqual(Array.from({ length: 50 }, (_, index) => `n${index}`))
  })

  test('a write that throws stores nothing and does not stop the next one', async () => {
    const database = await open()
    const failed = database.write((sql) => {
      sql.run("INSERT INTO items VALUES (1, 'a')")
      throw new Error('no')
    }, wait)
    const next = database.write((sql) => sql.run("INSERT INTO items VALUES (2, 'b')"), wait)
    await expect(failed).rejects.toThrow('no')
    await next
    expect(await names(database)).toEqual(['b'])
  })

  test('a removed file is noticed as moved, and a file made anew is not touched by closing the old one', async () => {
    const old = await open()
    expect(old.hasMoved()).toBe(false)
    rmSync(join(folder, 'data'), { recursive: true })
    expect(old.hasMoved()).toBe(true)
    const fresh = await open()
    await fresh.write((sql) => sql.run("INSERT INTO items VALUES (1, 'kept')"), wait)
    old.close()
    expect(await names(fresh)).toEqual(['kept'])
    expect(await names(await open())).toEqual(['kept'])
  })

  test('an aborted wait for the lock ends at once and stores nothing', async () => {
    const [holder, waiting] = [await open(), await open()]
    const abort = new AbortController()
    let result: Promise<unknown> | undefined
    await holder.write(() => {
      result = waiting.write((sql) => sql.run("INSERT INTO items VALUES (1, 'late')"), { timeoutMs: 60_000, signal: abort.signal })
      abort.abort(new Error('enough'))
    }, wait)
    await expect(result).rejects.toThrow('enough')
    expect(await names(holder)).toEqual([])
  })
})

test('a writer behind a process that was stopped inside its write is told which process to continue or end', async () => {
  const database = await open()
  const script = `
    import { DatabaseSync } from '@photostructure/sqlite'
    const database = new DatabaseSync(process.argv[1])
    database.exec('BEGIN IMMEDIATE')
    process.stdout.write('locked')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script, database.file], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await once(holder.stdout, 'data')
    process.kill(holder.pid ?? 0, 'SIGSTOP')
    if (process.platform === 'linux') expect(writeLockHolder(database.file)).toBe(holder.pid)
    const failed = database.write((sql) => sql.run("INSERT INTO items VALUES (1, 'a')"), { timeoutMs: 200 })
    await expect(failed).rejects.toMatchObject({
      code: 'backend_unreachable',
      ...(process.platform === 'linux' ? { message: expect.stringContaining(`process ${holder.pid} has kept it locked`), hint: expect.stringContaining(`kill -CONT ${holder.pid}`) } : {}),
    })
    expect(await names(database)).toEqual([])
  } finally {
    holder.kill('SIGKILL')
    await once(holder, 'exit')
  }
  await database.write((sql) => sql.run("INSERT INTO items VALUES (1, 'a')"), wait)
  expect(await names(database)).toEqual(['a'])
})

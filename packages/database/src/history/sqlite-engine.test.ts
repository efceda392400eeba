import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { openHistory } from './history.js'
import { situationsOfHistories } from './situations.test.support.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-history-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('SQLite', () => situationsOfHistories(() => `sqlite:${join(folder, 'data', 'history.db')}`))

test('the file and its folder are for their owner only', async () => {
  const history = await openHistory(`sqlite:${join(folder, 'data', 'history.db')}`, { tablesOf: 'none', migrations: [] })
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
  for (const suffix of ['', '-wal', '-shm']) expect(statSync(join(folder, 'data', `history.db${suffix}`)).mode & 0o777).toBe(0o600)
  await history.close()
})

test('a file that is no database is refused with its name', async () => {
  const file = join(folder, 'history.db')
  writeFileSync(file, 'some text that is longer than a header '.repeat(40))
  await expect(openHistory(`sqlite:${file}`, { tablesOf: 'none', migrations: [] })).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining(file) })
})

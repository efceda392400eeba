import { chmod } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { expect, test } from '@jest/globals'
import pg from 'pg'

import { eventually } from '../eventually.js'
import { spawnNode } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import { within } from '../within.js'
import { startPostgresql } from './server.js'

const answers = (endpoint: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: `postgresql://postgres@${endpoint}/postgres`, connectionTimeoutMillis: 1000 })
  client.on('error', () => undefined)
  const answer = client.connect().then(
    () => true,
    () => false,
  )
  return answer.finally(() => client.end())
}

test('databases are apart, a killed server keeps what was committed, and its port', async () => {
  await using server = await startPostgresql()
  const [one, other] = [await server.createDatabase(), await server.createDatabase()]
  await server.sql('CREATE TABLE items (id int); INSERT INTO items VALUES (1)', one)
  await expect(server.sql('SELECT * FROM items', other)).rejects.toThrow('does not exist')
  await server.kill()
  expect(await answers(server.endpoint)).toBe(false)
  await server.start()
  expect(await server.sql('SELECT * FROM items', one)).toEqual([{ id: 1 }])
  await server.stop()
  await server.start()
  expect(await server.sql('SELECT * FROM items', one)).toEqual([{ id: 1 }])
}, 120_000)

test('a suspended server says nothing on any connection until it is resumed', async () => {
  await using server = await startPostgresql()
  const open = server.sql('SELECT pg_sleep(0.5)')
  await eventually(async () => expect(await server.sql("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")).toHaveLength(1))
  await server.suspend()
  expect(await answers(server.endpoint)).toBe(false)
  await expect(within(open, 700, 'an answer')).rejects.toThrow('not within 700 ms')
  await server.resume()
  await open
  await server.suspend() // and a suspended one is gone at the end of its scope
}, 120_000)

test('a server does not outlive the process that started it, however that dies', async () => {
  await using folder = await temporaryFolder() // of what nobody removes then
  await chmod(folder.path, 0o711)
  await using owner = spawnNode(fileURLToPath(new URL('server-process.js', import.meta.url)), [], { env: { TMPDIR: folder.path } })
  const [, endpoint = ''] = await owner.line(/^endpoint (\S+)$/, { timeoutMs: 60_000 })
  expect(await answers(endpoint)).toBe(true)
  owner.signal('SIGKILL')
  await eventually(async () => expect(await answers(endpoint)).toBe(false))
}, 120_000)

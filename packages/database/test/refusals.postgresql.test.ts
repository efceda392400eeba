import { inspect } from 'node:util'

import { beforeEach, expect, test } from '@jest/globals'
import { openHistory } from '@muster/database/history'
import { eventually, freePort, guardedRole } from '@muster/testkit'

import { ids, insert, oneServer } from './one-server.js'

const all = oneServer({ settings: { max_connections: 12, superuser_reserved_connections: 2 } })
let url: string
beforeEach(async () => {
  url = await all.server.createDatabase()
})

const none = { tablesOf: 'none', migrations: [] }
const as = (user: string, password = ''): string => Object.assign(new URL(url), { username: user, password }).href
const refusal = async (where: string): Promise<{ code?: string; message: string; hint?: string }> =>
  openHistory(where, none).then(
    () => Promise.reject(new Error('It was let in')),
    (error: unknown) => error as Error,
  )

test('a wrong password is not allowed, and told nowhere; the right one is', async () => {
  await all.server.sql(`CREATE ROLE ${guardedRole} LOGIN PASSWORD 'rightSecret'; GRANT CREATE ON SCHEMA public TO ${guardedRole}`, url)
  await all.server.sql(`GRANT ALL ON SCHEMA public TO ${guardedRole}`, url)
  const error = await refusal(as(guardedRole, 'wrongSecret'))
  expect(error).toMatchObject({ code: 'not_allowed', message: expect.stringContaining('password authentication failed'), hint: expect.stringContaining('PGPASSWORD') })
  expect(inspect(error, { depth: 10 })).not.toContain('wrongSecret')
  expect(await refusal(as(guardedRole))).toMatchObject({ code: 'not_allowed', hint: expect.stringContaining('PGPASSWORD') })
  const history = await openHistory(as(guardedRole, 'rightSecret'), none)
  await history.close()
})

test('a user that may make no tables is told which right is missing', async () => {
  await all.server.sql('CREATE ROLE reader LOGIN', url)
  await all.server.sql('REVOKE CREATE ON SCHEMA public FROM PUBLIC', url)
  expect(await refusal(as('reader'))).toMatchObject({ code: 'not_allowed', message: expect.stringContaining('permission denied'), hint: expect.stringContaining('CREATE on the schema') })
})

test('a database that is not there is told with how to make it', async () => {
  expect(await refusal(`${url}_absent`)).toMatchObject({ code: 'invalid_argument', message: expect.stringContaining('_absent'), hint: expect.stringContaining('createdb') })
})

test('a server that is not there is unreachable', async () => {
  const nobody = `127.0.0.1:${await freePort()}`
  expect(await refusal(`postgresql://ann:secret@${nobody}/muster`)).toMatchObject({ code: 'backend_unreachable', message: expect.stringMatching(`^Cannot reach postgresql://${nobody}/muster: .*ECONNREFUSED`) })
  expect(await refusal('postgresql://ann@localhost:1/muster')).toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('ECONNREFUSED') })
})

test('when all connections of the server are in use it is unreachable, and reached again when there is one', async () => {
  await all.server.sql('CREATE ROLE worker LOGIN; GRANT CREATE ON SCHEMA public TO worker', url)
  const history = await all.open(as('worker'))
  await history.close()
  let letGo = (): void => {}
  const isOver = new Promise<void>((resolve) => (letGo = resolve))
  const holders = await Promise.all(Array.from({ length: 3 }, () => all.open(as('worker'))))
  // Each has four connections for readers and, for ten seconds yet, one for its tables.
  const holding = holders.flatMap((holder) => Array.from({ length: 4 }, () => holder.read((tables) => tables.selectFrom('items').select('id').execute().then(() => isOver)).catch((error: unknown) => error)))
  await eventually(async () => expect(await refusal(as('worker'))).toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('all its connections are in use') }))
  letGo()
  const failures = (await Promise.all(holding)).filter((error) => error !== undefined)
  expect(failures.length).toBeGreaterThan(0)
  for (const error of failures) expect(error).toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('all its connections are in use') })
  await holders[0]?.close()
  const again = await all.open(as('worker'))
  await insert(again, 1)
  expect(await ids(again)).toEqual([1])
})

import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openSession } from '@muster/coordination/internal'
import { openServiceGroup } from '@muster/servicegroup'
import type { CopiedServices, ServiceCopy } from '@muster/servicegroup'
import { eventually, freePort } from '@muster/testkit'

import { Store } from './svc.js'
import type { Result } from './svc.js'

let store: Store
let target: string

beforeEach(async () => {
  store = await Store.create()
  target = `embedded:${store.folder}/target`
})

afterEach(async () => {
  await store[Symbol.asyncDispose]()
})

async function fill(backend: string, services: readonly ServiceCopy[]): Promise<void> {
  const group = await openServiceGroup(backend)
  await group.importServices(services)
  await group.close()
}

async function read(backend: string): Promise<CopiedServices> {
  const group = await openServiceGroup(backend)
  try {
    return await group.copyServices()
  } finally {
    await group.close()
  }
}

const migrate = (...words: string[]): Promise<Result> => store.svc(['migrate', '--from', store.backend, '--to', target, ...words])
const [first, second] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']

test('what is there under another uuid or otherwise is told, and becomes as in the source', async () => {
  await fill(store.backend, [{ type: 'a', host: 'h1', uuid: first, status: 'disabled', disabledReason: 'disk' }, { type: 'b', host: 'h1', uuid: second, zone: 'z1' }])
  await fill(target, [{ type: 'a', host: 'h1', uuid: second, zone: 'old' }, { type: 'c', host: 'h1' }])
  const planned = await migrate('--dry-run', '-f', 'json')
  const detail = `zone: old -> none, status: enabled -> disabled, disabledReason: none -> disk; its uuid was ${first}`
  expect(planned).toMatchObject({ code: 0, stderr: expect.stringContaining('svc: dry run, nothing was written: 2 services: 1 to update, 1 to create\n') })
  expect(JSON.parse(planned.stdout)).toEqual([
    { Type: 'a', Host: 'h1', Uuid: second, Outcome: 'to update', Detail: detail },
    { Type: 'b', Host: 'h1', Uuid: second, Outcome: 'to create', Detail: null },
  ])
  expect((await read(target)).services).toMatchObject([{ type: 'a', zone: 'old' }, { type: 'c' }])

  const done = await migrate('--yes', '-f', 'json')
  expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('svc: verified: the target has 2 services as the source has them\nsvc: 2 services: 1 updated, 1 created\n') })
  const [, created] = JSON.parse(done.stdout) as { Uuid: string }[]
  expect(JSON.parse(done.stdout)).toEqual([
    { Type: 'a', Host: 'h1', Uuid: second, Outcome: 'updated', Detail: detail },
    { Type: 'b', Host: 'h1', Uuid: expect.not.stringMatching(second), Outcome: 'created', Detail: `its uuid was ${second}` }, // which another service has there
  ])
  expect((await read(target)).services).toMatchObject([{ type: 'a', uuid: second, zone: null, status: 'disabled' }, { type: 'b', uuid: created?.Uuid }, { type: 'c' }])
  expect((await migrate('--yes', '-f', 'value', '-c', 'outcome')).stdout).toBe('same\nsame\n')
})

test('a service that cannot be written is told with its reason, and the migration ends in 1', async () => {
  await fill(store.backend, [{ type: 'a', host: 'h1', uuid: first }, { type: 'a', host: 'h2' }])
  await fill(target, [{ type: 'a', host: 'h1', uuid: first }])
  const session = await openSession(target)
  await session.commit([{ op: 'put', at: { collection: 'services', key: first }, data: Buffer.from('of another program') }])
  await session.close()
  const { code, stdout, stderr } = await migrate('--yes', '-f', 'json')
  expect({ code, stderr: stderr.split('\n')[0] }).toEqual({ code: 1, stderr: 'svc: not verified: 1 service of the source is not in the target, or not the same' })
  expect(JSON.parse(stdout)).toMatchObject([{ Host: 'h1', Outcome: 'failed', Detail: expect.stringContaining('cannot be read') }, { Host: 'h2', Outcome: 'created' }])
  const back = await store.svc(['migrate', '--from', target, '--to', store.backend, '--yes', '-f', 'json'])
  expect(back).toMatchObject({ code: 1 })
  expect(JSON.parse(back.stdout)).toMatchObject([{ Host: 'h2', Outcome: 'same' }, { Uuid: first, Outcome: 'skipped', Detail: 'its record cannot be read' }])
})

test('INT in the middle ends it with 130, what is settled is told, and the same command goes on from there', async () => {
  await fill(store.backend, Array.from({ length: 3000 }, (_, index): ServiceCopy => ({ type: 'a', host: `h${index}` })))
  await using running = store.start(['migrate', '--from', store.backend, '--to', target, '--yes', '-f', 'value', '-c', 'outcome'])
  await eventually(async () => expect((await read(target)).services.length).toBeGreaterThan(0))
  running.signal('SIGINT')
  expect(await running.exited).toEqual({ code: 130, signal: null })
  const carried = (await read(target)).services.length
  expect(carried).toBeLessThan(3000)
  expect(running.stderr).toContain(`svc: stopped: ${carried} of 3000 services are settled and stay so; the same command goes on from there\n`)
  expect(running.stdout.split('\n').filter((outcome) => outcome === 'created')).toHaveLength(carried)
  const rest = await migrate('--yes', '-f', 'value', '-c', 'outcome')
  expect(rest.code).toBe(0)
  expect(rest.stdout.split('\n').filter((outcome) => outcome === 'created')).toHaveLength(3000 - carried)
}, 60_000)

test('the namespaces of one store are two backends', async () => {
  await fill(store.backend, [{ type: 'a', host: 'h1', uuid: first }])
  expect(await store.svc(['migrate', '--from', store.backend, '--to', `${store.backend}?namespace=other`, '--yes'])).toMatchObject({ code: 0 })
  expect((await read(`${store.backend}?namespace=other`)).services).toMatchObject([{ uuid: first }])
})

test.each([
  ['the same store, named in two ways', (): string[] => ['--from', store.backend, '--to', store.backend.replace('embedded:', 'embedded://'), '--yes'], 64, 'svc: --from and --to are the same store\n'],
  ['without a terminal and without --yes', (): string[] => ['--from', store.backend, '--to', target], 64, 'svc: There is no terminal to ask on\n'],
  ['without --to', (): string[] => ['--from', store.backend], 64, 'svc: From where, and where to? Write svc migrate --from URL --to URL\n'],
  ['to a Nova', (): string[] => ['--from', store.backend, '--to', 'nova+http://user:hunter2@h/v2.1', '--yes'], 64, 'svc: A Nova can be read, not written\n'],
  ['from a Nova with a password in its URL', (): string[] => ['--from', 'nova+http://user:hunter2@h:8774/v2.1', '--to', target, '--yes'], 64, "svc: 'nova+http://user:***@h:8774/v2.1': the URL of a Nova has no user"],
  ['to a ZooKeeper that nobody answers for', (): string[] => ['--from', store.backend, '--to', 'zookeeper://user:hunter2@127.0.0.1:1?timeout=1s', '--yes'], 69, 'svc: Cannot reach '],
  ['from a Nova that nobody answers for', async (): Promise<string[]> => ['--from', `nova+http://127.0.0.1:${await freePort()}/v2.1`, '--to', target, '--yes'], 69, '/v2.1: nothing listens there\n'],
])('%s it writes nothing, and says why without any password', async (_, words, code, begin) => {
  await fill(store.backend, [{ type: 'a', host: 'h1', uuid: first }])
  const ended = await store.svc(['migrate', ...(await words())])
  expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(begin) })
  expect(ended.stderr).not.toContain('hunter2')
  expect((await read(target)).services).toEqual([])
})

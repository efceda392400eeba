import { writeFile } from 'node:fs/promises'

import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import type { Service, ServiceCopy } from '@muster/servicegroup'

import { NovaInFront } from './nova-in-front.js'
import { Store } from './svc.js'
import type { Result } from './svc.js'

const services: readonly ServiceCopy[] = [
  { type: 'nova-compute', host: 'cmp1', uuid: '11111111-1111-4111-8111-111111111111', zone: 'az7', status: 'disabled', disabledReason: 'größer "disk"', forcedDown: true },
  { type: 'nova-compute', host: 'cmp2', uuid: '22222222-2222-4222-8222-222222222222', zone: 'az7' },
  { type: 'nova-conductor', host: 'ctl1', uuid: '33333333-3333-4333-8333-333333333333', zone: 'internal' },
]

let store: Store
let target: string

beforeEach(async () => {
  store = await Store.create()
  target = `embedded:${store.folder}/target`
  const group = await openServiceGroup(store.backend)
  await group.importServices(services)
  await group.close()
})

afterEach(async () => {
  await store[Symbol.asyncDispose]()
})

const migrate = (from: string, words: readonly string[] = ['--yes'], env: Readonly<Record<string, string>> = {}): Promise<Result> => store.svc(['migrate', '--from', from, '--to', target, '-f', 'json', ...words], { SVC_TOKEN: '', SVC_TOKEN_FILE: '', ...env })

async function read(): Promise<readonly Service[]> {
  const group = await openServiceGroup(target)
  try {
    return (await group.getMany({}, { consistent: true })).services
  } finally {
    await group.close()
  }
}

const expected = (uuids: boolean, forcedDown = true): unknown => services.map((service) => expect.objectContaining({ ...service, disabledReason: service.disabledReason ?? null, uuid: uuids ? service.uuid : expect.stringMatching(/^[\da-f-]{36}$/), forcedDown: forcedDown && service.forcedDown === true }))

test.each([[93, '2.93'], [120, '2.93'], [69, '2.69'], [53, '2.53']])('from a Nova up to version 2.%d services keep their uuids; asked in %s', async (newest, version) => {
  await using nova = await NovaInFront.start(store.backend, { newest })
  const { code, stderr } = await migrate(nova.url)
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'svc: verified: the target has 3 services as the source has them\nsvc: 3 services: 3 created\nsvc: not carried over: state of 3: observed by that Nova; here it follows from the workers that live\nsvc: not carried over: updated_at of 3: the target writes its own times\n',
  })
  expect(nova.asked).toEqual([`compute ${version}`, `compute ${version}`])
  expect(await read()).toEqual(expected(true))
  const again = await migrate(nova.url, ['--yes', '-c', 'outcome'])
  expect(JSON.parse(again.stdout)).toEqual(services.map(() => ({ Outcome: 'same' })))
})

test('from a Nova without uuids services get new ones, once', async () => {
  await using nova = await NovaInFront.start(store.backend, { newest: 52 })
  const first = await migrate(nova.url)
  expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('svc: not carried over: id of 3: a number of that Nova') })
  expect(await read()).toEqual(expected(false))
  expect((await migrate(nova.url, ['--yes', '-c', 'outcome', '-c', 'uuid'])).stdout).toEqual(JSON.stringify((await read()).map(({ uuid }) => ({ Uuid: uuid, Outcome: 'same' })), null, 2) + '\n')
})

test('a Nova that tells no forced_down leaves it as it is', async () => {
  await using nova = await NovaInFront.start(store.backend, { newest: 10 })
  expect(await migrate(nova.url)).toMatchObject({ code: 0, stderr: expect.stringContaining('svc: not carried over: forced_down: this Nova does not tell it') })
  expect(await read()).toEqual(expected(false, false))
  const group = await openServiceGroup(target)
  await group.update({ type: 'nova-compute', host: 'cmp2' }, { forcedDown: true })
  await group.close()
  expect(await migrate(nova.url, ['--yes', '-c', 'outcome'])).toMatchObject({ code: 0 })
  expect((await read()).find(({ host }) => host === 'cmp2')).toMatchObject({ forcedDown: true })
})

test('a cell that is down is told and ends it in 1, and so does a second service of one type and host that differs', async () => {
  const more = [
    { binary: 'nova-compute', host: 'lost', status: 'UNKNOWN' },
    { id: '44444444-4444-4444-8444-444444444444', binary: 'nova-conductor', host: 'ctl1', zone: 'internal', status: 'disabled', state: 'up', updated_at: null, disabled_reason: 'cell2', forced_down: false, odd: 1 },
  ]
  await using nova = await NovaInFront.start(store.backend, { more })
  const { code, stdout, stderr } = await migrate(nova.url)
  expect({ code, stderr: stderr.split('\n')[0] }).toEqual({ code: 1, stderr: 'svc: not verified: 2 services of the source are not in the target, or not the same' })
  expect(stderr).toContain('svc: not carried over: odd of 1: there is no such field here\n')
  expect((JSON.parse(stdout) as object[]).slice(2)).toEqual([
    { Type: 'nova-conductor', Host: 'ctl1', Uuid: services[2]?.uuid, Outcome: 'differs', Detail: 'status: enabled -> disabled, disabledReason: none -> cell2; its uuid was 44444444-4444-4444-8444-444444444444' },
    { Type: 'nova-conductor', Host: 'ctl1', Uuid: '44444444-4444-4444-8444-444444444444', Outcome: 'skipped', Detail: 'another service of this type and host goes before it' },
    { Type: 'nova-compute', Host: 'lost', Uuid: null, Outcome: 'skipped', Detail: 'its cell does not answer that Nova: run this again when it does' },
  ])
  expect(await read()).toEqual(expected(true))
})

test('the token comes from a file or the environment, and is in no output', async () => {
  const token = 'gAAAAsecret'
  await using nova = await NovaInFront.start(store.backend, { token })
  const file = `${store.folder}/token`
  await writeFile(file, `${token}\n`)
  expect(await migrate(nova.url)).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(/^svc: Nova at .* asks for a token\nsvc: SVC_TOKEN_FILE names a file/) })
  const wrong = await migrate(nova.url, ['--yes'], { SVC_TOKEN: 'gAAAAother' })
  expect(wrong).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('does not accept the token') })
  expect(wrong.stderr).not.toContain('gAAAA')
  expect(await migrate(nova.url, ['--yes'], { SVC_TOKEN_FILE: `${file}s` })).toMatchObject({ code: 64, stderr: expect.stringContaining(`Cannot read ${file}s`) })
  expect(await read()).toEqual([])
  expect(await migrate(nova.url, ['--dry-run'], { SVC_TOKEN: token })).toMatchObject({ code: 0 })
  expect(await migrate(nova.url, ['--yes'], { SVC_TOKEN_FILE: file })).toMatchObject({ code: 0 })
  expect(await read()).toEqual(expected(true))
})

test('something else than a Nova is told as that', async () => {
  await using nova = await NovaInFront.start(store.backend)
  const elsewhere = nova.url.replace('/v2.1', '')
  expect(await migrate(elsewhere)).toMatchObject({ code: 64, stderr: expect.stringContaining('does not end in v2.1') })
  expect(await migrate(`${elsewhere}/nowhere/v2.1`)).toMatchObject({ code: 69, stderr: expect.stringMatching(/it answers HTTP 404/) })
  expect(await migrate(`${nova.url}/some-project/`)).toMatchObject({ code: 0 }) // as Keystone's catalogue may have it
})

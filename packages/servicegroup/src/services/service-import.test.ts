import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openSession } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'

import { openServiceGroup } from '../open.js'
import type { ServiceGroup } from '../service-group.js'
import { outboxCollection, readOutbox } from './outbox.js'
import type { ServiceCopy } from './service-copy.js'
import type { Imported } from './service-import.js'
import { recordAddress } from './service-record.js'

const id = { type: 'nova-compute', host: 'h1' }
const uuid = '11111111-1111-4111-8111-111111111111'

let folder: string
let group: ServiceGroup
let session: Session

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-import-'))
  group = await openServiceGroup(`embedded:${folder}`)
  session = await openSession(`embedded:${folder}`)
})

afterEach(async () => {
  await session.close()
  await group.close()
  rmSync(folder, { recursive: true, force: true })
})

async function importAll(...copies: ServiceCopy[]): Promise<Imported[]> {
  const told: Imported[] = []
  await group.importServices(copies, { actor: 'migrate', source: 'elsewhere', onImported: (imported) => told.push(imported) })
  return told
}

const decision = { actor: 'ann', source: 'svc', at: '2026-11-01T00:00:00.000Z', reason: 'ticket' }

test('a service that is not there is created as it was, with who has decided what; a field that nobody told of is as in a new one', async () => {
  const copy: ServiceCopy = { ...id, uuid, zone: 'z1', status: 'disabled', disabledReason: 'disk', reportCount: 7, lastSeenUp: decision.at, decisions: { status: decision }, others: { newer: 1 } }
  expect(await importAll({ ...copy, forcedDown: true })).toMatchObject([{ outcome: 'created', uuid }])
  const { services: [service] } = await group.copyServices()
  expect(service).toEqual({ region: null, maintenance: null, version: 0, ...copy, forcedDown: true, decisions: { status: decision, forcedDown: { actor: 'migrate', source: 'elsewhere', at: expect.any(String), reason: null } } })
  expect((await readOutbox(session)).map(({ change }) => change)).toMatchObject([{ type: 'created', cause: 'admin', actor: 'migrate', source: 'elsewhere', before: null, after: { uuid, zone: 'z1' } }])
})

test('of a service that is there the uuid stays, and what differs is one update; once more writes nothing', async () => {
  await using member = await group.join({ name: id.type, hostname: id.host, region: 'r1' })
  await group.update(id, { forcedDown: true }, { actor: 'bob' })
  const copy: ServiceCopy = { ...id, uuid, zone: 'z1', status: 'disabled', disabledReason: 'disk', decisions: { status: decision, forcedDown: decision } }
  expect(await importAll(copy)).toMatchObject([{ outcome: 'updated', uuid: member.worker.uuid }])
  const explanation = await group.explain(id)
  expect(explanation).toMatchObject({ service: { uuid: member.worker.uuid, region: 'r1', zone: 'z1', status: 'disabled', forcedDown: true, reportCount: 1 }, decisions: { status: decision, forcedDown: { actor: 'bob' } } })
  const changes = await session.count(outboxCollection)
  expect(changes).toBe(3)
  expect(await importAll(copy)).toMatchObject([{ outcome: 'same', uuid: member.worker.uuid }])
  expect((await group.getOne(id)).service).toEqual({ ...explanation.service })
  expect(await session.count(outboxCollection)).toBe(changes)
})

test('a uuid that was deleted is not used again', async () => {
  await importAll({ ...id, uuid })
  await group.delete(id)
  const [imported] = await importAll({ ...id, uuid })
  expect(imported).toMatchObject({ outcome: 'created', uuid: expect.not.stringMatching(uuid) })
  expect(await importAll({ ...id, uuid })).toMatchObject([{ outcome: 'same', uuid: imported && 'uuid' in imported && imported.uuid }])
  expect((await group.getOne(uuid)).service).toBeUndefined()
})

test('a uuid that another service has is not taken from it', async () => {
  await importAll({ ...id, uuid, zone: 'first' })
  expect(await importAll({ ...id, host: 'h2', uuid })).toMatchObject([{ outcome: 'created', uuid: expect.not.stringMatching(uuid) }])
  expect((await group.getOne(uuid)).service).toMatchObject({ host: 'h1', zone: 'first' })
})

test('workers that a forced deletion has left without a service are of the one that comes', async () => {
  await using member = await group.join({ name: id.type, hostname: id.host })
  await group.delete(id, { force: true })
  await importAll({ ...id, uuid })
  expect((await group.getMany()).services).toMatchObject([{ ...id, state: 'up' }])
  expect(member.state).toBe('joined')
  await using next = await group.join({ name: id.type, hostname: id.host })
  expect(next.worker.uuid).toBe((await group.getOne(id)).service?.uuid)
})

test('two who import the same at once end up with each service once', async () => {
  const copies = Array.from({ length: 100 }, (_, index): ServiceCopy => ({ ...id, host: `h${index}`, uuid: crypto.randomUUID(), zone: 'z1' }))
  await using other = { group: await openServiceGroup(`embedded:${folder}`), [Symbol.asyncDispose]() { return this.group.close() } }
  await Promise.all([importAll(...copies), other.group.importServices(copies)])
  const { services } = await group.copyServices()
  expect(new Set(services.map((service) => service.uuid))).toEqual(new Set(copies.map((copy) => copy.uuid)))
  expect((await readOutbox(session)).map(({ change }) => change.type)).toEqual(copies.map(() => 'created'))
})

test('one that fails does not keep the others: too much for a record, a record that is none', async () => {
  await importAll({ ...id, uuid })
  await session.commit([{ op: 'put', at: recordAddress(uuid), data: Buffer.from('no record') }])
  const told = await importAll({ ...id, uuid }, { ...id, host: 'big', others: { newer: 'x'.repeat(70_000) } }, { ...id, host: 'h3' })
  expect(new Map(told.map((imported) => [imported.copy.host, 'error' in imported ? imported.error.code : imported.outcome]))).toEqual(new Map([['h1', 'invalid_argument'], ['big', 'too_large'], ['h3', 'created']]))
  expect(await group.copyServices()).toMatchObject({ unreadable: [uuid], services: [{ host: 'h3' }] })
})

test('an import that is stopped has settled what it began, and begins no other', async () => {
  const copies = Array.from({ length: 500 }, (_, index): ServiceCopy => ({ ...id, host: `h${index}` }))
  const stop = new AbortController()
  let settled = 0
  const onImported = (): void => {
    settled += 1
    if (settled === 10) stop.abort()
  }
  await expect(group.importServices(copies, { signal: stop.signal, onImported })).rejects.toMatchObject({ name: 'AbortError' })
  expect(settled).toBeLessThan(100)
  expect((await group.copyServices()).services).toHaveLength(settled)
})

test('a store that is closed meanwhile ends all, with its error', async () => {
  const copies = Array.from({ length: 500 }, (_, index): ServiceCopy => ({ ...id, host: `h${index}` }))
  const doomed = await openServiceGroup(`embedded:${folder}`)
  let closing: Promise<void> | undefined
  await expect(doomed.importServices(copies, { onImported: () => void (closing ??= doomed.close()) })).rejects.toMatchObject({ code: 'closed' })
  await closing
})

test('what else a backend holds is counted', async () => {
  await using member = await group.join({ name: id.type, hostname: id.host })
  await session.commit([{ op: 'create', at: { collection: 'tokens', key: 't1' }, data: new Uint8Array() }])
  expect(member.state).toBe('joined')
  expect(await group.countOthers()).toEqual({ groups: 1, locks: 0, outbox: 1, tokens: 1, webhooks: 0 })
})

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openSession } from '@muster/coordination/internal'
import { openServiceGroup } from '@muster/servicegroup'
import type { CopiedServices, ServiceCopy } from '@muster/servicegroup'
import { readOutbox } from '@muster/servicegroup/internal'
import { eventually, startZooKeeper } from '@muster/testkit'
import type { ZooKeeperServer } from '@muster/testkit'

import { Store } from './svc.js'

let server: ZooKeeperServer
let namespaces = 0

beforeAll(async () => {
  server = await startZooKeeper()
}, 60_000)

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const emptyZooKeeper = (): string => `zookeeper://${server.endpoint}?namespace=m${(namespaces += 1)}`

const copies = (count: number): ServiceCopy[] => Array.from({ length: count }, (_, index) => ({ type: 'nova-compute', host: `host${index}`, uuid: crypto.randomUUID(), zone: `z${index % 3}` }))

async function fill(backend: string, services: readonly ServiceCopy[]): Promise<void> {
  const group = await openServiceGroup(backend)
  try {
    await group.importServices(services)
  } finally {
    await group.close()
  }
}

async function read(backend: string): Promise<CopiedServices['services']> {
  const group = await openServiceGroup(backend)
  try {
    return (await group.copyServices()).services
  } finally {
    await group.close()
  }
}

/** What would be another after any write. */
async function traces(backend: string): Promise<unknown> {
  const session = await openSession(backend)
  try {
    const collections = ['services', 'gates', 'outbox', 'meta']
    return await Promise.all(collections.map(async (collection) => (await session.list(collection, { consistent: true })).entries.map(({ key, created, modified, version }) => [key, created, modified, version])))
  } finally {
    await session.close()
  }
}

test('services go from the embedded store to ZooKeeper and into another store, with all that was decided; a second run writes nothing', async () => {
  await using store = await Store.create()
  const [zookeeper, back] = [emptyZooKeeper(), `embedded:${store.folder}/back`]
  const group = await openServiceGroup(store.backend)
  try {
    const worker = await group.join({ name: 'nova-compute', hostname: 'h1', zone: 'z1', region: 'r1' })
    await fill(store.backend, [{ type: 'ApiWorker', host: 'h2', uuid: crypto.randomUUID(), others: { newer: { field: [1, 'é'] } } }])
    const id = String(worker.worker.uuid)
    await group.update(id, { status: 'disabled', disabledReason: 'new disks' }, { actor: 'ann', reason: 'ticket 4711' })
    await group.update(id, { forcedDown: true, version: 61, maintenance: { note: 'fans', until: '2099-01-01T00:00:00.000Z' } }, { actor: 'bob' })
    const all = await read(store.backend)

    const dry = await store.svc(['migrate', '--from', store.backend, '--to', zookeeper, '--dry-run', '-f', 'json'])
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringMatching(/^svc: dry run, nothing was written: 2 services: 2 to create\nsvc: not carried over: 1 live worker: /) })
    expect(await traces(zookeeper)).toEqual([[], [], [], []])

    for (const [from, to] of [[store.backend, zookeeper], [zookeeper, back]] as const) {
      const carried = await store.svc(['migrate', '--from', from, '--to', to, '--yes', '-f', 'json', '--reason', 'new racks'], { SVC_ACTOR: 'carla' })
      expect(carried).toMatchObject({ code: 0, stderr: expect.stringContaining('verified: the target has 2 services as the source has them') })
      expect(JSON.parse(carried.stdout)).toMatchObject([{ Type: 'ApiWorker', Outcome: 'created', Uuid: all[0]?.uuid }, { Type: 'nova-compute', Host: 'h1', Outcome: 'created', Uuid: id }])
      expect(await read(to)).toEqual(all)
      const before = await traces(to)
      const again = await store.svc(['migrate', '--from', from, '--to', to, '--yes', '-f', 'value', '-c', 'Outcome'])
      expect(again).toMatchObject({ code: 0, stdout: 'same\nsame\n' })
      expect(await traces(to)).toEqual(before)
    }
    const session = await openSession(zookeeper)
    expect((await readOutbox(session)).map(({ change }) => change)).toMatchObject([0, 1].map(() => ({ type: 'created', cause: 'admin', actor: 'carla', source: store.backend, reason: 'new racks' })))
    await session.close()
  } finally {
    await group.close()
  }
}, 60_000)

test('a migration that is killed in the middle is finished by the same command, each service created once', async () => {
  await using store = await Store.create()
  const zookeeper = emptyZooKeeper()
  await fill(store.backend, copies(2000))
  const words = ['migrate', '--from', store.backend, '--to', zookeeper, '--yes', '-f', 'value', '-c', 'Outcome']
  {
    await using doomed = store.start(words)
    await eventually(async () => expect((await read(zookeeper)).length).toBeGreaterThan(0))
    doomed.signal('SIGKILL')
    expect(await doomed.exited).toEqual({ code: null, signal: 'SIGKILL' })
  }
  const carried = (await read(zookeeper)).length
  expect(carried).toBeLessThan(2000)
  const { code, stdout, stderr } = await store.svc(words)
  expect({ code, stderr: stderr.split('\n')[0] }).toEqual({ code: 0, stderr: 'svc: verified: the target has 2000 services as the source has them' })
  const outcomes = stdout.trim().split('\n')
  expect(outcomes.filter((outcome) => outcome === 'created').length).toBeLessThanOrEqual(2000 - carried)
  expect(new Set(outcomes)).toEqual(new Set(['created', 'same']))
  expect(await read(zookeeper)).toEqual(await read(store.backend))
  const session = await openSession(zookeeper)
  expect((await readOutbox(session)).length).toBe(2000)
  await session.close()
}, 120_000)

test('a target that falls silent in the middle ends it with 69 and how far it is; when it is back the same command goes on', async () => {
  await using store = await Store.create()
  await using silent = await startZooKeeper()
  await fill(store.backend, copies(2000))
  const zookeeper = `zookeeper://${silent.endpoint}?timeout=4s`
  const words = ['migrate', '--from', store.backend, '--to', zookeeper, '--yes', '-f', 'value', '-c', 'Outcome']
  {
    await using doomed = store.start(words)
    await eventually(async () => expect((await read(zookeeper)).length).toBeGreaterThan(0))
    await silent.suspend()
    expect(await doomed.exited).toEqual({ code: 69, signal: null })
    expect(doomed.stderr).toMatch(/^svc: broken off: \d+ of 2000 services are settled and stay so; the same command goes on from there$/m)
  }
  await silent.resume()
  expect(await store.svc(words)).toMatchObject({ code: 0, stderr: expect.stringContaining('verified: the target has 2000 services') })
  expect(await read(zookeeper)).toEqual(await read(store.backend))
}, 120_000)

test('workers that join the target beside a migration keep one service, and it has what was decided in the source', async () => {
  await using store = await Store.create()
  const zookeeper = emptyZooKeeper()
  await fill(store.backend, Array.from({ length: 40 }, (_, index): ServiceCopy => ({ type: 'nova-compute', host: `host${index}`, uuid: crypto.randomUUID(), status: 'disabled', disabledReason: `disk ${index}` })))
  const group = await openServiceGroup(zookeeper)
  const source = await read(store.backend)
  try {
    const joining = Promise.all(source.map(({ type, host }) => group.join({ name: type, hostname: host })))
    const importing = group.importServices(source)
    const [members] = await Promise.all([joining, importing])
    const { services } = await group.getMany({}, { consistent: true })
    expect(services).toHaveLength(40)
    for (const service of services) {
      expect(service).toMatchObject({ status: 'disabled', disabledReason: service.host.replace('host', 'disk '), state: 'up', effective: 'down' })
      expect(members.find(({ worker }) => worker.hostname === service.host)?.worker.uuid).toBe(service.uuid)
    }
  } finally {
    await group.close()
  }
}, 60_000)

test('ten thousand services are carried over to ZooKeeper and compared in less than half a minute', async () => {
  await using store = await Store.create()
  const [from, to] = [emptyZooKeeper(), emptyZooKeeper()]
  await fill(from, copies(10_000))
  const startedAt = performance.now()
  const { code, stderr } = await store.svc(['migrate', '--from', from, '--to', to, '--yes', '-f', 'csv'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('10000 services: 10000 created') })
  expect(performance.now() - startedAt).toBeLessThan(30_000)
}, 120_000)

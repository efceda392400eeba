import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, test } from '@jest/globals'
import { openSession } from '@muster/coordination/internal'
import type { ServiceChange, ServiceFilter, ServiceGroupApi } from '@muster/servicegroup'
import { encodeRecord, newRecord, recordAddress } from '@muster/servicegroup/internal'
import { eventually, within } from '@muster/testkit'

import { recorder, Scene } from './scene.js'

/** A scene with a server and a client, and services on some hosts; of those that `lives` names a worker lives. */
async function withServices(scene: Scene, places: readonly string[], lives: readonly string[] = places): Promise<ServiceGroupApi> {
  await scene.startServer()
  for (const hostname of places) {
    const membership = await scene.store.join({ group: 'g', name: 'api', hostname, zone: `zone-${hostname}`, labels: { rack: hostname } })
    if (!lives.includes(hostname)) await membership.leave()
  }
  const client = scene.client()
  await eventually(async () => expect((await client.getMany()).services.map(({ host, state }) => [host, state])).toEqual(places.map((host) => [host, lives.includes(host) ? 'up' : 'down'])))
  return client
}

async function foreign(scene: Scene, handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  scene.own(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('services over HTTP', () => {
  test('are read as the store does, filtered as asked', async () => {
    await using scene = await Scene.open()
    const client = await withServices(scene, ['h1', 'h2', 'h3'], ['h1', 'h2'])
    const { store } = scene
    const [first] = (await store.getMany()).services
    const filters: (ServiceFilter | undefined)[] = [undefined, { uuid: first?.uuid }, { host: ['h1', 'h3'], type: 'api' }, { state: 'down' }, { labels: { rack: ['h1', 'h2'] } }, { zone: [] }, { labels: { rack: [] } }, { region: 'nosuch' }]
    for (const consistent of [false, true]) {
      for (const filter of filters) {
        const { services, asOf } = await client.getMany(filter, { consistent })
        expect(services).toEqual((await store.getMany(filter)).services)
        expect(Math.abs(Date.now() - asOf)).toBeLessThan(60_000)
      }
      for (const id of [first?.uuid ?? '', 'nosuch', '', '..', { type: 'api', host: 'h2' }, { type: 'api', host: 'nosuch' }]) {
        expect((await client.getOne(id, { consistent })).service).toEqual((await store.getOne(id)).service)
        expect(await client.isUp(id, { consistent })).toBe(await store.isUp(id))
      }
      expect((await client.hosts({ consistent })).hosts).toEqual((await store.hosts()).hosts)
      expect((await client.zones({ consistent })).zones).toEqual((await store.zones()).zones)
    }
  })

  test('are explained as the store does; one nobody knows is not found', async () => {
    await using scene = await Scene.open()
    const client = await withServices(scene, ['h1', 'h2'], ['h1'])
    await client.update({ type: 'api', host: 'h1' }, { forcedDown: true }, { actor: 'ann', reason: 'smoke' })
    for (const host of ['h1', 'h2']) {
      const { service, workers, decisions, asOf } = await client.explain({ type: 'api', host })
      const told = await scene.store.explain(service.uuid)
      expect({ service, workers, decisions }).toEqual({ service: told.service, workers: told.workers, decisions: told.decisions })
      expect(Math.abs(Date.now() - asOf)).toBeLessThan(60_000)
    }
    await expect(client.explain('no-such')).rejects.toMatchObject({ code: 'not_found' })
    await expect(client.explain({ type: 'api', host: 'h3' })).rejects.toMatchObject({ code: 'not_found' })
  })

  test('more of them than a page holds are told all, once each, in order', async () => {
    await using scene = await Scene.open()
    const session = await openSession(scene.backend)
    scene.own(() => session.close())
    const records = Array.from({ length: 2001 }, (_, index) => newRecord(crypto.randomUUID(), { type: 'api', host: `h${String(index).padStart(4, '0')}`, region: null, zone: null }))
    for (let from = 0; from < records.length; from += 100) {
      await session.commit(records.slice(from, from + 100).map((record) => ({ op: 'create', at: recordAddress(record.uuid), data: encodeRecord({ record, changeIds: [], decisions: {}, others: {} }) }) as const))
    }
    await scene.startServer()
    const client = scene.client()
    await eventually(async () => expect((await client.getMany()).services.map(({ host }) => host)).toEqual(records.map(({ host }) => host)))
  })

  test('are changed and deleted: with who and why, by uuid and by place; what the store refuses is the same class', async () => {
    await using scene = await Scene.open()
    const client = await withServices(scene, ['h1', 'h2'], ['h1'])
    const place = { type: 'api', host: 'h1' }
    const disabled = await client.update(place, { status: 'disabled', disabledReason: 'disk' }, { actor: 'zoë', reason: 'INC-7' })
    expect(disabled).toEqual((await scene.store.getOne(place)).service)
    expect(disabled).toMatchObject({ status: 'disabled', disabledReason: 'disk', effective: 'down' })

    const until = '2030-01-01T00:00:00.000Z'
    const maintained = await client.update(disabled.uuid, { maintenance: { note: 'a', until } })
    expect(maintained.maintenance).toMatchObject({ note: 'a', until })
    expect((await client.update(disabled.uuid, { maintenance: { until, start: '2029-01-01T00:00:00.000Z' } })).maintenance).toEqual({ note: null, start: '2029-01-01T00:00:00.000Z', until })

    await expect(client.update(disabled.uuid, { forcedDown: true }, { ifVersion: disabled.index })).rejects.toMatchObject({ name: 'VersionConflict', code: 'version_conflict' })
    await expect(client.update(disabled.uuid, { version: -1 })).rejects.toMatchObject({ name: 'InvalidArgument', argument: 'version' })
    for (const id of ['nosuch', '', '.', '..', { type: 'api', host: 'nosuch' }]) await expect(client.update(id, {})).rejects.toMatchObject({ name: 'NotFound' })
    await expect(client.delete(place)).rejects.toMatchObject({ name: 'ServiceInUse', code: 'service_in_use' })
    await expect(client.delete({ type: 'api', host: 'h2' }, { ifVersion: '1' })).rejects.toMatchObject({ code: 'version_conflict' })
    expect((await client.delete({ type: 'api', host: 'h2' })).host).toBe('h2')
    expect((await client.delete(place, { force: true, reason: 'moved' })).uuid).toBe(disabled.uuid)
    expect((await scene.store.getMany()).services).toEqual([])
  })

  test('are watched: what there is, then each change, over a restart of the server what differs', async () => {
    await using scene = await Scene.open()
    const server = await scene.startServer()
    const { store } = scene
    const membership = await store.join({ group: 'g', name: 'api', hostname: 'h1' })
    const client = scene.client()
    await eventually(async () => expect((await client.getMany({ state: 'up' })).services).toHaveLength(1))
    const watch = client.watch({ type: 'api' })[Symbol.asyncIterator]()
    const read = async (): Promise<string[]> => {
      const told = (await within(watch.next(), 15_000, 'the next changes')).value as readonly ServiceChange[]
      return told.map((change) => (change.type === 'deleted' ? `deleted ${change.before.host}` : `${change.type} ${change.service.host} ${change.service.state} ${change.service.status}`))
    }
    let last = ''
    /** What is told next, but for what only repeats it: who has left is noted as last seen a moment later, which is a change of its own. */
    const next = async (): Promise<string[]> => {
      for (;;) {
        const lines = [...new Set(await read())]
        if (lines.join() === last) continue
        last = lines.join()
        return lines
      }
    }
    expect(await next()).toEqual(['created h1 up enabled'])
    await client.update({ type: 'api', host: 'h1' }, { status: 'disabled' })
    expect(await next()).toEqual(['updated h1 up disabled'])
    await membership.leave()
    expect(await next()).toEqual(['updated h1 down disabled'])

    const told = next()
    await server.close()
    await store.delete({ type: 'api', host: 'h1' })
    await store.join({ group: 'g', name: 'api', hostname: 'h2' })
    await scene.startServer()
    expect(await told).toEqual(['deleted h1', 'created h2 up enabled'])
  })
})

test('a watch by labels is told when a service comes to have them and when it has them no more: over HTTP as on the store', async () => {
  await using scene = await Scene.open()
  await scene.startServer()
  const { store } = scene
  const join = (rack: string): ReturnType<typeof store.join> => store.join({ group: 'g', name: 'api', hostname: 'h1', labels: { rack } })
  const first = await join('r1')
  const client = scene.client()
  await eventually(async () => expect((await client.getMany({ state: 'up' })).services).toHaveLength(1))
  const watches = [store, client].map((reader) => reader.watch({ labels: { rack: 'r2' } })[Symbol.asyncIterator]())
  const next = (): Promise<string[][]> =>
    Promise.all(watches.map(async (watch) => ((await within(watch.next(), 15_000, 'the next changes')).value as readonly ServiceChange[]).map(({ type }) => type)))
  expect(await next()).toEqual([[], []])
  const second = await join('r2') // the row stays as it is
  expect(await next()).toEqual([['created'], ['created']])
  await second.leave()
  expect(await next()).toEqual([['deleted'], ['deleted']])
  await first.leave()
  await join('r2')
  expect(await next()).toEqual([['created'], ['created']])
  await client.update({ type: 'api', host: 'h1' }, { forcedDown: true })
  expect(await next()).toEqual([['updated'], ['updated']])
})

describe('a change whose answer does not come', () => {
  test.each<[string, string, RequestListener]>([
    ['the connection is cut', 'outcome_unknown', (req) => void req.resume().on('end', () => req.socket.destroy())],
    ['nothing is answered in time', 'outcome_unknown', () => {}],
    ['a proxy answers in its place', 'outcome_unknown', (_req, res) => void res.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>Bad Gateway</h1>')],
    ['something that is not Muster refuses it', 'backend_unreachable', (_req, res) => void res.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>Not here</h1>')],
  ])('%s: %s, and it is sent once', async (_what, code, handler) => {
    await using scene = await Scene.open()
    let asked = 0
    const endpoint = await foreign(scene, (req, res) => {
      asked += 1
      handler(req, res)
    })
    await expect(scene.client({ timeoutMs: 300 }, endpoint).update('a', { status: 'disabled' })).rejects.toMatchObject({ code })
    expect(asked).toBe(1)
  })

  test('because nobody listens was not sent: unreachable', async () => {
    await using scene = await Scene.open()
    await expect(scene.client().delete('a')).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('nothing listens there') })
  })
})

test('an old answer is told in the log, one that merely says its age is not', async () => {
  await using scene = await Scene.open()
  let warning: Record<string, string> = {}
  const asOf = '2026-11-28T10:00:00.000Z'
  const endpoint = await foreign(scene, (_req, res) => void res.writeHead(200, { 'Content-Type': 'application/json', 'X-Svc-As-Of': asOf, ...warning }).end('[]'))
  const { lines, logger } = recorder()
  const client = scene.client({ logger }, endpoint)
  expect((await client.getMany()).asOf).toBe(Date.parse(asOf))
  await client.workers()
  expect(lines).toEqual([])
  warning = { Warning: '110 - "Response is stale"' }
  expect((await client.hosts()).asOf).toBe(Date.parse(asOf))
  expect(lines).toEqual(['the server cannot reach its backend; what it tells is old'])
})

test.each([
  ['services of no kind', '[{"uuid":"a"}]', (client: ServiceGroupApi) => client.getMany()],
  ['hosts that are none', '[{"host":"a"}]', (client: ServiceGroupApi) => client.hosts()],
  ['no liveness', '{}', (client: ServiceGroupApi) => client.isUp('a')],
  ['no service', '{"uuid":"a"}', (client: ServiceGroupApi) => client.update('a', {})],
])('a server that tells %s is not Muster', async (_what, body, ask) => {
  await using scene = await Scene.open()
  const endpoint = await foreign(scene, (_req, res) => void res.writeHead(200, { 'Content-Type': 'application/json' }).end(body))
  await expect(ask(scene.client({}, endpoint))).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('not Muster') })
})

test('pages without end are not followed', async () => {
  await using scene = await Scene.open()
  const endpoint = await foreign(scene, (_req, res) => void res.writeHead(200, { 'Content-Type': 'application/json', Link: '<?cursor=a>; rel="next"' }).end('[]'))
  await expect(scene.client({}, endpoint).getMany()).rejects.toMatchObject({ code: 'backend_unreachable' })
})

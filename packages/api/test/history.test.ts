import { once } from 'node:events'
import { createServer } from 'node:net'

import { describe, expect, test } from '@jest/globals'
import { serve } from '@muster/api'
import { silentLogger } from '@muster/common'
import { ChangeLog } from '@muster/notifications'
import type { Change, Notification } from '@muster/notifications'
import { openServiceGroup } from '@muster/servicegroup'
import type { Service } from '@muster/servicegroup'
import { eventually, temporaryFolder } from '@muster/testkit'
import { EventReader } from '#event-reader'

import { ServedStore } from './served-store.js'

const admin = (reason: string): { actor: string; reason: string } => ({ actor: 'ann', reason })
const json = async <T>(response: Response): Promise<T> => (await response.json()) as T

/** A store in which one service came up, was disabled, and went down: six changes. */
async function withLife(): Promise<ServedStore> {
  const store = await ServedStore.start()
  const membership = await store.serviceGroup.join({ group: 'g', name: 'nova-compute', hostname: 'h1' })
  await changes(store, 3)
  await store.serviceGroup.update({ type: 'nova-compute', host: 'h1' }, { status: 'disabled' }, admin('disk'))
  await changes(store, 4)
  await membership.leave()
  await changes(store, 6)
  return store
}

/** The changes, as soon as there are so many. */
const changes = async (store: ServedStore, count: number): Promise<Change[]> => (await store.list('/v1/change', count)) as Change[]

describe('GET /v1/change', () => {
  test('tells what has happened, in order, with who and why', async () => {
    await using store = await withLife()
    const all = await changes(store, 6)
    expect(all.map(({ seq, kind, cause }) => [seq, kind, cause])).toEqual([
      [1, 'service.created', 'join'], [2, 'worker.joined', 'join'], [3, 'service.updated', 'join'], [4, 'service.updated', 'admin'], [5, 'worker.left', 'leave'], [6, 'service.updated', 'leave'],
    ])
    expect(all[3]).toMatchObject({ actor: 'ann', reason: 'disk', before: { status: 'enabled' }, after: { status: 'disabled', effective: 'down' } })
    expect(Object.keys(all[0] ?? {}).join(' ')).toBe('seq id at kind type host uuid group memberId cause actor source reason massLoss before after gap')
  })

  test('begins after a number, with a time or so long ago, shows what a filter says, and pages follow each other', async () => {
    await using store = await withLife()
    const seqs = async (query: string): Promise<number[]> => (await json<Change[]>(await store.get(`/v1/change?${query}`))).map(({ seq }) => seq)
    const [, , , fourth] = await changes(store, 6)
    expect(await seqs('since=4')).toEqual([5, 6])
    expect(await seqs('since=1h')).toEqual([1, 2, 3, 4, 5, 6])
    expect(await seqs(`since=${fourth?.at ?? ''}`)).toEqual([4, 5, 6])
    expect(await seqs('since=2100-01-01T00:00:00Z')).toEqual([])
    expect(await seqs('kind=worker.joined&kind=worker.left')).toEqual([2, 5])
    expect([await seqs('type=nova-compute&host=h1'), await seqs('host=h2')]).toEqual([[1, 2, 3, 4, 5, 6], []])
    const first = await store.get('/v1/change?limit=4')
    expect([first.headers.get('X-Svc-Next'), first.headers.get('X-Svc-First-Seq'), first.headers.get('X-Svc-Last-Seq'), first.headers.get('Link')]).toEqual(['4', '1', '6', '<?limit=4&since=4>; rel="next"'])
    const second = await store.get('/v1/change?limit=4&since=4')
    expect([(await json<Change[]>(second)).length, second.headers.get('X-Svc-Next'), second.headers.get('Link')]).toEqual([2, '6', null])
  })

  test.each(['since=yesterday', 'since=999999999999999d', 'since=2026-11-28T10:00:00', 'limit=0', 'limit=1001', 'kind=service.create', 'sinse=1'])('refuses ?%s', async (query) => {
    await using store = await ServedStore.start()
    expect((await store.get(`/v1/change?${query}`)).status).toBe(400)
  })
})

describe('GET /v1/change/stream', () => {
  test('goes on after the last event that a client has, without loss or repeat, and then tells what comes', async () => {
    await using store = await withLife()
    const reader = await EventReader.open(`${store.server.url}/v1/change/stream`, { 'Last-Event-ID': '4' })
    expect([(await reader.next())?.id, (await reader.next())?.id]).toEqual(['5', '6'])
    await store.serviceGroup.update({ type: 'nova-compute', host: 'h1' }, { status: 'enabled' }, admin('mended'))
    expect(await reader.next()).toMatchObject({ id: '7', event: 'change', data: { seq: 7, reason: 'mended' } })
    reader.close()
  })

  test('without a place to begin tells only what comes, of what the filter shows', async () => {
    await using store = await withLife()
    const reader = await EventReader.open(`${store.server.url}/v1/change/stream?kind=service.deleted`)
    await reader.next([]) // the stream has begun
    await store.serviceGroup.update({ type: 'nova-compute', host: 'h1' }, { status: 'enabled' })
    await store.serviceGroup.delete({ type: 'nova-compute', host: 'h1' })
    expect(await reader.next()).toMatchObject({ id: '8', event: 'change', data: { kind: 'service.deleted' } })
    reader.close()
  })

  test('tells what is no longer kept as a gap, in its place', async () => {
    await using store = await withLife()
    const log = await ChangeLog.open(`sqlite:${store.backend.slice('embedded:'.length)}/history.db`)
    await log.history.write(async (tables) => {
      await tables.deleteFrom('changes').where('seq', '<', 4).execute()
      await tables.updateTable('log').set({ first_seq: 4 }).execute()
    })
    await log.close()
    await store.server.close()
    const again = await serve({ backend: store.backend, port: 0, logger: silentLogger })
    const reader = await eventually(async () => {
      const opened = await EventReader.open(`${again.url}/v1/change/stream?since=1`)
      if (opened.response.statusCode !== 200) throw new Error('not open yet')
      return opened
    })
    expect(await reader.next()).toMatchObject({ id: '3', event: 'gap', data: { from: 2, to: 3, count: 2 } })
    expect((await reader.next())?.id).toBe('4')
    reader.close()
    await again.close()
  })

  test('ends when the server stops, and refuses an id that is none', async () => {
    const store = await ServedStore.start()
    await changes(store, 0)
    expect((await store.get('/v1/change/stream', { headers: { 'Last-Event-ID': 'x' } })).status).toBe(400)
    const reader = await EventReader.open(`${store.server.url}/v1/change/stream`)
    await reader.next([])
    const ended = reader.next()
    await store[Symbol.asyncDispose]()
    expect(await ended).toBeUndefined()
  })
})

test('notifications are the changes of services in Nova\'s form, as a list and as a stream, and their schema is served', async () => {
  await using store = await withLife()
  const all = await json<Notification[]>(await store.get('/v1/notification'))
  expect(all.map(({ event_type: type, publisher_id: publisher, seq, cause }) => [type, publisher, seq, cause])).toEqual([
    ['service.create', 'nova-compute:h1', 1, 'join'], ['service.update', 'nova-compute:h1', 3, 'join'], ['service.update', 'nova-compute:h1', 4, 'admin'], ['service.update', 'nova-compute:h1', 6, 'leave'],
  ])
  const reader = await EventReader.open(`${store.server.url}/v1/notification/stream?since=3`)
  expect(await reader.next()).toMatchObject({ id: '4', event: 'service.update', data: all[2] })
  reader.close()
  expect(await json(await store.get('/v1/schema/service-status-1.1'))).toMatchObject({ $id: 'service-status-1.1' })
  expect((await store.get('/v1/schema/service-status-1.0')).status).toBe(404)
})

test('how it was at a time can be asked, and what is another way since', async () => {
  await using store = await withLife()
  const [, , third] = await changes(store, 6)
  const then = third?.at ?? ''
  expect(await json(await store.get(`/v1/state?at=${then}`))).toMatchObject({ seq: 3, workers: [{ name: 'nova-compute' }], services: [{ status: 'enabled', state: 'up' }] })
  expect(await json<{ after: Service | null }[]>(await store.get(`/v1/difference?since=${then}`))).toMatchObject([{ after: null }, { before: { effective: 'up' }, after: { status: 'disabled', state: 'down' }, changes: 2, last: { cause: 'leave' } }])
  expect((await store.get('/v1/state')).status).toBe(400)
})

test('a server that keeps no history says so', async () => {
  await using store = await ServedStore.start(silentLogger, { database: 'none' })
  for (const path of ['/v1/change', '/v1/change/stream', '/v1/notification', '/v1/state?at=1h', '/v1/difference?since=1h']) expect((await store.get(path)).status).toBe(404)
  expect(await json(await store.get('/readyz'))).toMatchObject({ history: { state: 'none' } })
})

test('lists and changes of services do not need the database of the history: that alone is 503 while it is away', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as { port: number }
  await using store = await ServedStore.start(silentLogger, { database: `postgresql://127.0.0.1:${port}/none` })
  const membership = await store.serviceGroup.join({ group: 'g', name: 'api', hostname: 'h1' })
  await store.list('/v1/service', 1)
  expect((await store.get('/v1/change')).status).toBe(503)
  expect(await json(await store.get('/readyz'))).toMatchObject({ status: 'ok', history: { state: 'unreachable' } })
  await membership.leave()
  silent.close()
})

test('a RabbitMQ that cannot be meant is told at the start; one that is away hinders nothing', async () => {
  await using folder = await temporaryFolder()
  const backend = `embedded:${folder.path}`
  for (const [url, database] of [['http://127.0.0.1', undefined], ['amqp://127.0.0.1?nosuch=1', undefined], ['amqp://127.0.0.1', 'none']] as const) {
    await expect(serve({ backend, port: 0, logger: silentLogger, rabbitmq: { url }, ...(database && { database }) })).rejects.toMatchObject({ code: 'invalid_argument' })
  }
  const server = await serve({ backend, port: 0, logger: silentLogger, rabbitmq: { url: 'amqp://127.0.0.1:1' } })
  const group = await openServiceGroup(backend)
  const membership = await group.join({ group: 'g', name: 'api', hostname: 'h1' })
  await eventually(async () => expect(await json(await fetch(`${server.url}/v1/change`))).toHaveLength(3))
  await membership.leave()
  await group.close()
  await server.close()
})

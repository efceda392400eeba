import { createHook } from 'node:async_hooks'

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { eventually, freePort, startFaultProxy, startZooKeeper } from '@muster/testkit'
import type { ZooKeeperServer } from '@muster/testkit'
import { createClient, digestAcl } from '@muster/zookeeper'
import type { WatchEvent, ZooKeeperClient } from '@muster/zookeeper'

import type * as operationsModule from '../src/operations.js'
import type * as optionsModule from '../src/options.js'
import type * as pathsModule from '../src/paths.js'
import type * as sessionModule from '../src/session.js'
import { int } from './fake-server.js'
import { Following, freshPath, outcomeOf } from './following.js'

const getData = 4
let server: ZooKeeperServer
let observer: ZooKeeperClient

beforeAll(async () => {
  server = await startZooKeeper()
  observer = createClient(server.endpoint, { sessionTimeoutMs: 20_000 })
})
afterAll(async () => {
  await observer.close()
  await server[Symbol.asyncDispose]()
})

test('a connection cut in the middle of an answer: the next one starts clean and the read is repeated', async () => {
  const path = freshPath()
  const data = Buffer.alloc(200_000, 'muster')
  await observer.create(path, { data })
  await using proxy = await startFaultProxy(server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 5000 })
  const following = new Following(zk)
  await zk.connected()
  for (const bytes of [1, 4, 15, 100_000, 199_999]) {
    const cut = proxy.cutReply(bytes, { request: (opcode) => opcode === getData })
    expect((await zk.getData(path)).data.equals(data)).toBe(true)
    await cut.happened
  }
  expect(proxy.accepted).toBe(6)
  expect(new Set(following.names)).toEqual(new Set(['connected 1', 'suspended 1']))
})

test('garbage in the place of a server, once: the session goes on at the next try', async () => {
  await using proxy = await startFaultProxy(server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 1500 })
  const following = new Following(zk)
  await zk.connected()
  const { sessionId } = zk
  for (const bytes of [Buffer.concat([int(0x7fff_ffff), Buffer.alloc(20)]), int(-1), int(0), 'SSH-2.0-OpenSSH_9.2p1 Debian\r\n', 'HTTP/1.1 400 Bad Request\r\n\r\n']) {
    const garbage = proxy.garbage(bytes)
    proxy.cut()
    await garbage.happened
    await zk.sync()
  }
  expect(zk.sessionId).toBe(sessionId)
  expect(new Set(following.names)).toEqual(new Set(['connected 1', 'suspended 1']))
})

test('of several servers, one that accepts and says nothing is passed over', async () => {
  await using proxy = await startFaultProxy(server.endpoint)
  proxy.silence()
  for (let client = 0; client < 50 && proxy.accepted < 2; client += 1) {
    await using zk = createClient(`${proxy.endpoint},${server.endpoint}`, { sessionTimeoutMs: 2000 })
    await zk.connected()
  }
  expect(proxy.accepted).toBeGreaterThan(1)
})

test('servers are dialled in turn, and not every client begins with the same one', async () => {
  const ways = await Promise.all([1, 2, 3].map(() => startFaultProxy(server.endpoint)))
  const accepted = (): number[] => ways.map((way) => way.accepted)
  const servers = ways.map(({ endpoint }) => endpoint).join(',')
  {
    await using zk = createClient(servers, { sessionTimeoutMs: 2000 })
    const following = new Following(zk)
    for (let cut = 0; cut < 8; cut += 1) {
      await zk.sync()
      following.forget()
      for (const way of ways) way.cut()
      await following.reaches('suspended 1')
    }
    await zk.sync()
    expect(accepted()).toEqual([3, 3, 3])
  }
  const many = Array.from({ length: 40 }, () => createClient(servers, { sessionTimeoutMs: 5000 }))
  await Promise.all(many.map((zk) => zk.connected()))
  expect(Math.min(...accepted())).toBeGreaterThan(3)
  await Promise.all([...many, ...ways].map((opened) => opened[Symbol.asyncDispose]()))
})

test('the name of a server is looked up anew at each dial', async () => {
  let lookups = 0
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'GETADDRINFOREQWRAP') lookups += 1
    },
  }).enable()
  try {
    await using proxy = await startFaultProxy(server.endpoint)
    await using zk = createClient(proxy.endpoint.replace('127.0.0.1', 'localhost'), { sessionTimeoutMs: 2000 })
    const following = new Following(zk)
    for (let dial = 1; dial <= 4; dial += 1) {
      await zk.sync()
      expect([lookups, proxy.accepted]).toEqual([dial, dial])
      following.forget()
      proxy.cut()
      await following.reaches('suspended 1')
    }
  } finally {
    hook.disable()
  }
})

test('nothing listens, or the name is unknown: the error says why', async () => {
  const port = await freePort()
  for (const [servers, why] of [
    [`127.0.0.1:${port}`, 'ECONNREFUSED'],
    [`localhost:${port}`, 'ECONNREFUSED'],
    [`no-such-host.invalid:${port}`, 'no-such-host.invalid'],
  ] as const) {
    await using zk = createClient(servers, { sessionTimeoutMs: 300 })
    await expect(zk.connected()).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining(why) })
  }
})

test('calls made before the first connection have the rights of their client', async () => {
  const path = freshPath()
  await observer.create(path, { data: Buffer.from('secret'), acl: digestAcl('user', 'password') })
  await using zk = createClient(server.endpoint, { auth: [{ scheme: 'digest', credential: 'user:password' }] })
  await using proxy = await startFaultProxy(server.endpoint)
  await using later = createClient(proxy.endpoint, { auth: [{ scheme: 'digest', credential: 'user:password' }] })
  await using stranger = createClient(server.endpoint)
  expect((await zk.getData(path)).data.toString()).toBe('secret')
  await later.connected()
  await proxy.refuse()
  await eventually(() => expect(later.state.state).toBe('suspended'))
  const whileSuspended = later.getData(path)
  await proxy.accept()
  expect((await whileSuspended).data.toString()).toBe('secret')
  expect(await outcomeOf(stranger.getData(path))).toBe('NO_AUTH')
})

test('after request number 2147483647 comes number 1, and the connection goes on', async () => {
  const load = async (module: string): Promise<unknown> => import(new URL(`../${module}.js`, import.meta.url).href)
  const { Session } = (await load('session')) as typeof sessionModule
  const { toSettings } = (await load('options')) as typeof optionsModule
  const { sync } = (await load('operations')) as typeof operationsModule
  const { Paths } = (await load('paths')) as typeof pathsModule
  await using proxy = await startFaultProxy(server.endpoint)
  const [host = '', port] = proxy.endpoint.split(':')
  const session = new Session([{ host, port: Number(port) }], { ...toSettings({}), firstXid: 0x7fff_ffff - 4 })
  try {
    const answered: number[] = []
    const ask = (call: number): Promise<unknown> => session.request(sync(new Paths(''), '/')).then(() => answered.push(call))
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(ask))
    await ask(10)
    expect(answered).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(proxy.accepted).toBe(1)
  } finally {
    await session.close(1000, () => false)
  }
})

test('more watches than fit into one request are all there again after a reconnect, and each is told once', async () => {
  const [nodes, present] = [20_000, 100]
  const path = freshPath()
  const nameOf = (index: number): string => `${path}/${String(index).padStart(60, '0')}`
  const change = (...indices: number[]): Promise<unknown> =>
    observer.multi(indices.map((index) => (index < present ? { op: 'setData', path: nameOf(index), data: Buffer.of(1) } : { op: 'create', path: nameOf(index) })))
  await observer.create(path)
  await observer.multi(Array.from({ length: present }, (_, index) => ({ op: 'create', path: nameOf(index) })))
  await using proxy = await startFaultProxy(server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 20_000 })
  const following = new Following(zk)
  const told: WatchEvent[] = []
  await Promise.all(Array.from({ length: nodes }, (_, index) => zk.exists(nameOf(index), { watch: (event) => told.push(event) })))

  await proxy.refuse()
  await following.reaches('suspended 1')
  await change(3, nodes - 1)
  await observer.delete(nameOf(4))
  const sentBefore = proxy.bytes.toServer
  await proxy.accept()
  await zk.sync()
  expect(proxy.bytes.toServer - sentBefore).toBeGreaterThan(1024 * 1024)
  expect(proxy.accepted).toBe(2)
  const missed = [{ type: 'changed', path: nameOf(3) }, { type: 'deleted', path: nameOf(4) }, { type: 'created', path: nameOf(nodes - 1) }]
  expect(told.sort((a, b) => a.path.localeCompare(b.path))).toEqual(missed)

  told.length = 0
  await change(1, 2, 3, 5000, nodes - 2)
  await change(1, 2, 3)
  await observer.delete(nameOf(5000))
  await zk.sync()
  expect(told).toEqual([
    ...[1, 2].map((index) => ({ type: 'changed', path: nameOf(index) })),
    ...[5000, nodes - 2].map((index) => ({ type: 'created', path: nameOf(index) })),
  ])
}, 30_000)

test('changes made while nobody could be told come to onResume, before calls that waited go on', async () => {
  const path = freshPath()
  await observer.create(path)
  await observer.create(`${path}/before`)
  await using proxy = await startFaultProxy(server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 20_000 })
  const following = new Following(zk)
  const story: string[] = []
  await zk.watch(path, {
    recursive: true,
    onEvent: ({ type, path: at }) => story.push(`${type} ${at.slice(path.length)}`),
    onResume: async (reads) => {
      story.push(`listed ${(await reads.getChildren(path)).children.sort().join(' ')}`)
    },
  })
  await observer.create(`${path}/seen`)
  await zk.sync()
  await proxy.refuse()
  await following.reaches('suspended 1')
  await observer.create(`${path}/missed`)
  const waited = zk.create(`${path}/waited`).then(() => story.push('created'))
  await proxy.accept()
  await waited
  await observer.delete(`${path}/before`)
  await zk.sync()
  expect(story).toEqual(['created /seen', 'listed before missed seen', 'created /waited', 'created', 'deleted /before'])
})

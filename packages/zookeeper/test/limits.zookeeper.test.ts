import { fileURLToPath } from 'node:url'

import { expect, test } from '@jest/globals'
import { eventually, freePort, spawnNode, startFaultProxy } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'

import { freshPath, outcomeOf } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer()
const mebibyte = 1024 * 1024

/** How many requests the server has received on the connection of a session, its hello and pings among them. */
async function received(sessionId: bigint): Promise<number> {
  const sid = `sid=0x${sessionId.toString(16)}`
  const line = (await all.server.command('cons')).split('\n').find((text) => text.includes(`${sid},`))
  return Number(/recved=(\d+)/.exec(line ?? '')?.[1])
}

test('a request above 1 MiB is TooLarge and never sent, whatever it is; one just below is done', async () => {
  const path = freshPath()
  await using proxy = await startFaultProxy(all.server.endpoint)
  await using zk = createClient(proxy.endpoint)
  await zk.create(path)
  const states: string[] = []
  zk.onState(({ state }) => states.push(state))
  const before = proxy.bytes.toServer
  const large = Buffer.alloc(mebibyte)
  const calls = [
    zk.create(`${path}/large`, { data: large }),
    zk.create(`${path}/ephemeral`, { data: large, mode: 'ephemeral' }),
    zk.setData(path, large),
    zk.setData(path, Buffer.alloc(64 * mebibyte)),
    zk.multi([{ op: 'create', path: `${path}/one`, data: large.subarray(0, mebibyte / 2) }, { op: 'create', path: `${path}/two`, data: large.subarray(0, mebibyte / 2) }]),
    zk.getData(`${path}/${'x'.repeat(mebibyte)}`),
    zk.getMany([`${path}/${'x'.repeat(mebibyte)}`]),
  ]
  expect(await Promise.all(calls.map((call) => outcomeOf(call)))).toEqual(calls.map(() => 'too_large'))
  expect(proxy.bytes.toServer - before).toBeLessThan(1000)
  expect((await zk.setData(path, large.subarray(0, mebibyte - 2048))).stat.dataLength).toBe(mebibyte - 2048)
  expect((await zk.getData(path)).data.equals(large.subarray(0, mebibyte - 2048))).toBe(true)
  expect((await zk.getChildren(path)).children).toEqual([])
  expect([states, proxy.accepted]).toEqual([[], 1])
})

test('while no server is there, calls up to the limit wait and the next one is QueueFull; those that waited are done when one is there', async () => {
  const path = freshPath()
  await all.zk.create(path)
  await using proxy = await startFaultProxy(all.server.endpoint)
  await proxy.refuse()
  await using zk = createClient(proxy.endpoint, { maxQueued: 50, sessionTimeoutMs: 20_000 })
  const waiting = Array.from({ length: 50 }, (_, index) => outcomeOf(zk.create(`${path}/${index}`), 20_000))
  await expect(zk.create(`${path}/50`)).rejects.toMatchObject({ code: 'queue_full', limit: 50 })
  await expect(zk.exists(path)).rejects.toMatchObject({ code: 'queue_full' })
  await proxy.accept()
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['done']))
  expect((await zk.getChildren(path)).children).toHaveLength(50)
})

test('a hundred thousand calls wait by default, at a bounded cost, and end at once when the client is closed', async () => {
  const endpoint = `127.0.0.1:${await freePort()}`
  await using child = spawnNode(fileURLToPath(new URL('waiting-process.js', import.meta.url)), [endpoint])
  const [report] = await child.line(/^\{.*\}$/, { timeoutMs: 60_000 })
  expect(JSON.parse(report)).toEqual({ whileWaiting: { queue_full: 20_000 }, heapBytes: expect.any(Number), outcomes: { queue_full: 20_000, closed: 100_000 } })
  expect((JSON.parse(report) as { heapBytes: number }).heapBytes).toBeLessThan(300 * mebibyte)
}, 60_000)

test('no more than maxInFlight requests are on their way at once, and all are done in the end, in order', async () => {
  const path = freshPath()
  await using proxy = await startFaultProxy(all.server.endpoint)
  await using zk = createClient(proxy.endpoint, { maxInFlight: 7, sessionTimeoutMs: 20_000 })
  await zk.create(path)
  const before = await received(zk.sessionId)
  proxy.pause('toClient')
  const calls = Array.from({ length: 100 }, () => zk.create(`${path}/`, { mode: 'persistent_sequential' }))
  await eventually(async () => expect(await received(zk.sessionId)).toBe(before + 7))
  await all.zk.sync()
  expect([await received(zk.sessionId), (await all.zk.getChildren(path)).children.length]).toEqual([before + 7, 7])
  proxy.resume()
  expect((await Promise.all(calls)).map((created) => created.path)).toEqual(calls.map((_, index) => `${path}/${String(index).padStart(10, '0')}`))
})

test('of large requests some 4 MiB are on their way at once', async () => {
  const path = freshPath()
  await using proxy = await startFaultProxy(all.server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 20_000 })
  await zk.create(path)
  const before = proxy.bytes.toServer
  proxy.pause('toClient')
  const calls = Array.from({ length: 12 }, (_, index) => zk.setData(path, Buffer.alloc(mebibyte - 2048, index)))
  await eventually(() => expect(proxy.bytes.toServer - before).toBeGreaterThan(4 * mebibyte))
  await eventually(async () => expect((await all.zk.exists(path))?.version).toBe(5))
  expect(proxy.bytes.toServer - before).toBeLessThan(5.1 * mebibyte)
  proxy.resume()
  expect((await Promise.all(calls)).map(({ stat }) => stat.version)).toEqual(calls.map((_, index) => index + 1))
})

test.each([
  [{ maxInFlight: 0 }, 'maxInFlight'],
  [{ maxQueued: -1 }, 'maxQueued'],
  [{ maxFrameBytes: NaN }, 'maxFrameBytes'],
  [{ sessionTimeoutMs: 50 }, 'sessionTimeoutMs'],
  [{ sessionTimeoutMs: 1000.5 }, 'sessionTimeoutMs'],
  [{ defaultAcl: [] }, 'defaultAcl'],
])('a client with %j could never work: InvalidArgument at once', (options, argument) => {
  expect(() => createClient('127.0.0.1:1', options)).toThrow(expect.objectContaining({ code: 'invalid_argument', argument }))
})

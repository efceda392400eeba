import { expect, test } from '@jest/globals'
import { startFaultProxy } from '@muster/testkit'
import { createClient, ephemeralLimits } from '@muster/zookeeper'
import type { MultiOp, ZooKeeperClient } from '@muster/zookeeper'

import { Following, freshPath, outcomeOf } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer()

const ephemeral = (path: string): MultiOp => ({ op: 'create', path, mode: 'ephemeral' })

/** Counts outcomes by their word. */
async function tally(calls: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const outcome of await Promise.all(calls.map((call) => outcomeOf(call, 30_000)))) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** Makes ephemeral nodes, a hundred in a request; one request after the other, so that a slow server answers often. */
async function make(zk: ZooKeeperClient, paths: readonly string[]): Promise<void> {
  for (let start = 0; start < paths.length; start += 100) await zk.multi(paths.slice(start, start + 100).map(ephemeral))
}

test('a session owns at most 10,000 ephemeral nodes: one more is TooLarge and not made, until one of them is gone, whoever deleted it', async () => {
  const path = freshPath()
  await all.zk.create(path)
  await using zk = createClient(all.server.endpoint, { sessionTimeoutMs: 20_000 })
  await make(zk, Array.from({ length: 9000 }, (_, index) => `${path}/${index}`))
  expect(await tally(Array.from({ length: 1010 }, () => zk.create(`${path}/n-`, { mode: 'ephemeral_sequential' })))).toEqual({ done: 1000, too_large: 10 })
  await expect(zk.create(`${path}/more`, { mode: 'ephemeral' })).rejects.toMatchObject({ code: 'too_large', size: 10_001, limit: 10_000 })
  expect(await outcomeOf(zk.multi([{ op: 'create', path: `${path}/persistent` }, ephemeral(`${path}/more`)]))).toBe('too_large')
  expect((await all.zk.exists(path))?.numChildren).toBe(10_000)
  expect(await tally([zk.create(`${path}/persistent`), all.zk.create(`${path}/of-another-session`, { mode: 'ephemeral' })])).toEqual({ done: 2 })

  await all.zk.multi(Array.from({ length: 5 }, (_, index) => ({ op: 'delete', path: `${path}/${index}` })))
  expect(await tally(Array.from({ length: 7 }, (_, index) => zk.create(`${path}/again-${index}`, { mode: 'ephemeral' })))).toEqual({ done: 5, too_large: 2 })
  await zk.delete(`${path}/100`)
  await zk.multi([{ op: 'delete', path: `${path}/101` }, ephemeral(`${path}/own-1`)])
  await zk.create(`${path}/own-2`, { mode: 'ephemeral' })
  expect(await outcomeOf(zk.create(`${path}/more`, { mode: 'ephemeral' }))).toBe('too_large')
  expect((await all.zk.getChildren(path)).children.filter((name) => name === 'more')).toEqual([])
}, 60_000)

test('their paths take 1 MiB at most; a new session begins with nothing', async () => {
  const path = freshPath()
  await all.zk.create(path)
  await using proxy = await startFaultProxy(all.server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 2000 })
  const long = (name: string): string => `${path}/${name}-${'日本'.repeat(160)}`
  const most = Math.floor(ephemeralLimits.pathBytes / (Buffer.byteLength(long('0000')) + 4))
  const names = Array.from({ length: most }, (_, index) => long(String(index).padStart(4, '0')))
  await make(zk, names)
  expect(await outcomeOf(zk.create(long('more'), { mode: 'ephemeral' }))).toBe('too_large')
  const following = new Following(zk)
  proxy.suspend()
  await following.reaches('lost 1')
  proxy.resume()
  await following.reaches('connected 2')
  expect((await all.zk.getChildren(path)).children).toEqual([])
  await make(zk, names)
  expect(await outcomeOf(zk.create(long('more'), { mode: 'ephemeral' }))).toBe('too_large')
})

test('a multi that failed changes nothing of what the session is known to own: close still waits for the end of its nodes', async () => {
  const path = freshPath()
  await using proxy = await startFaultProxy(all.server.endpoint)
  const zk = createClient(proxy.endpoint, { sessionTimeoutMs: 1000 })
  await zk.create(path)
  await zk.create(`${path}/own`, { mode: 'ephemeral' })
  expect(await outcomeOf(zk.multi([{ op: 'delete', path: `${path}/own` }, ephemeral(`${path}/own`), { op: 'setData', path: `${path}/absent`, data: Buffer.alloc(0) }]))).toBe('NO_NODE')
  proxy.suspend()
  expect(await outcomeOf(zk.close({ timeoutMs: 200 }))).toBe('operation_timed_out')
})

test.each([
  ['deleted one by one', (zk: ZooKeeperClient, path: string) => zk.delete(path)],
  ['deleted by a multi', (zk: ZooKeeperClient, path: string) => zk.multi([{ op: 'delete', path }])],
  ['that others have deleted, as this session was told', (zk: ZooKeeperClient, path: string) => all.zk.delete(path).then(() => zk.delete(path).catch(() => {}))],
  ['that it never made', (zk: ZooKeeperClient, path: string) => zk.create(path, { mode: 'ephemeral' }).catch(() => {}).then(() => all.zk.delete(path))],
])('for nodes %s close does not wait', async (words, remove) => {
  const path = freshPath()
  await using proxy = await startFaultProxy(all.server.endpoint)
  const zk = createClient(proxy.endpoint, { sessionTimeoutMs: 1000 })
  await (words === 'that it never made' ? all.zk : zk).create(path, { mode: 'ephemeral' })
  await remove(zk, path)
  await proxy.refuse()
  await new Following(zk).reaches('suspended 1')
  const begin = performance.now()
  await zk.close({ timeoutMs: 10_000 })
  expect(performance.now() - begin).toBeLessThan(5000)
})

import { expect, test } from '@jest/globals'
import { createClient } from '@muster/zookeeper'
import type { MultiOp, ZooKeeperClient } from '@muster/zookeeper'

import { freshPath, outcomeOf } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer({ heapMb: 512 })

/** Creates a node with so many children, whose data are their names. */
async function createChildren(zk: ZooKeeperClient, path: string, names: readonly string[]): Promise<void> {
  await zk.create(path)
  const batches: MultiOp[][] = []
  for (let start = 0; start < names.length; start += 1000) batches.push(names.slice(start, start + 1000).map((name) => ({ op: 'create', path: `${path}/${name}`, data: Buffer.from(name) })))
  await Promise.all(batches.map((ops) => zk.multi(ops)))
}

test('twenty thousand children are listed, and all their data read, in their order and with undefined for those that are not there', async () => {
  const { zk } = all
  const path = freshPath()
  const names = Array.from({ length: 20_000 }, (_, index) => `a-member-with-a-name-of-40-letters-${index}`)
  await createChildren(zk, path, names)
  const { children, stat } = await zk.getChildren(path)
  expect([children.length, stat.numChildren, [...children].sort()]).toEqual([20_000, 20_000, [...names].sort()])
  const asked = names.map((name, index) => (index % 7 === 3 ? `${path}/absent-${index}` : `${path}/${name}`))
  const { nodes, zxid } = await zk.getMany(asked)
  expect(nodes.map((node) => node?.data.toString())).toEqual(names.map((name, index) => (index % 7 === 3 ? undefined : name)))
  expect(zxid).toBeGreaterThanOrEqual(nodes[19_999]?.stat.mzxid ?? zxid)
}, 60_000)

test('what was read stays as it was read, whatever is received after it', async () => {
  const { zk } = all
  const path = freshPath()
  const names = Array.from({ length: 2000 }, (_, index) => `node-${index}`)
  await createChildren(zk, path, names)
  const alone = await zk.getData(`${path}/node-7`)
  const some = await zk.getMany(names.slice(0, 3).map((name) => `${path}/${name}`))
  const many = await zk.getMany(names.map((name) => `${path}/${name}`))
  const [stat, stats] = [{ ...alone.stat }, many.nodes.map((node) => node?.stat.czxid)]
  for (let index = 0; index < 20; index += 1) await zk.getMany([...names].reverse().map((name) => `${path}/${name}`))
  expect([alone.data.toString(), alone.stat]).toEqual(['node-7', stat])
  expect(some.nodes.map((node) => node?.data.toString())).toEqual(names.slice(0, 3))
  expect(many.nodes.map((node) => node?.data.toString())).toEqual(names)
  expect(many.nodes.map((node) => node?.stat.czxid)).toEqual(stats)
}, 60_000)

test('getMany of nothing is nothing; one node that may not be read is NO_AUTH; a path of 4000 bytes many times over is fine', async () => {
  const { zk } = all
  const path = freshPath()
  expect((await zk.getMany([])).nodes).toEqual([])
  await zk.create(path)
  await zk.create(`${path}/closed`, { acl: [{ permissions: 2, scheme: 'world', id: 'anyone' }] })
  expect(await outcomeOf(zk.getMany([path, `${path}/closed`]))).toBe('NO_AUTH')
  const long = `${path}/${'日'.repeat(1300)}`
  await zk.create(long, { data: Buffer.from('long') })
  const { nodes } = await zk.getMany(Array.from({ length: 600 }, () => long))
  expect(new Set(nodes.map((node) => node?.data.toString()))).toEqual(new Set(['long']))
})

test('an answer above maxFrameBytes is asked for in halves; a single node above it is TooLarge, and the connection goes on', async () => {
  const path = freshPath()
  await using zk = createClient(all.server.endpoint, { maxFrameBytes: 20_000 })
  await zk.create(path)
  const paths = Array.from({ length: 40 }, (_, index) => `${path}/${index}`)
  await Promise.all(paths.map((at, index) => all.zk.create(at, { data: Buffer.alloc(index % 10 === 9 ? 19_000 : 4000, index) })))
  const { sessionId } = zk
  const { nodes, zxid } = await zk.getMany(paths)
  expect(nodes.map((node) => [node?.data.length, node?.data[0]])).toEqual(paths.map((_, index) => [index % 10 === 9 ? 19_000 : 4000, index]))
  expect(zxid).toBeGreaterThanOrEqual(nodes[39]?.stat.mzxid ?? zxid)

  await all.zk.setData(`${path}/7`, Buffer.alloc(20_000))
  const states: string[] = []
  zk.onState(({ state }) => states.push(state))
  const calls = [zk.getMany(paths), zk.getData(`${path}/7`), zk.getMany([`${path}/7`]), zk.getData(`${path}/8`)]
  expect(await Promise.all(calls.map((call) => outcomeOf(call)))).toEqual(['too_large', 'too_large', 'too_large', 'done'])
  await zk.setData(`${path}/7`, Buffer.alloc(10))
  expect((await zk.getMany(paths)).nodes[7]?.data.length).toBe(10)
  expect([states, zk.sessionId]).toEqual([[], sessionId])
})

test('an answer that is too large frees its place among the requests on their way', async () => {
  const path = freshPath()
  await using zk = createClient(all.server.endpoint, { maxFrameBytes: 500, maxInFlight: 1, sessionTimeoutMs: 60_000 })
  await all.zk.create(path, { data: Buffer.alloc(1000) })
  const calls = [zk.getData(path), zk.getData(path), zk.exists(path)]
  expect(await Promise.all(calls.map((call) => outcomeOf(call, 5000)))).toEqual(['too_large', 'too_large', 'done'])
})

test('a change whose answer is too large to be read is not said to have failed', async () => {
  const path = freshPath()
  await using zk = createClient(all.server.endpoint, { maxFrameBytes: 100 })
  expect(await outcomeOf(zk.multi([{ op: 'create', path, data: Buffer.from('x') }, ...Array.from({ length: 5 }, () => ({ op: 'setData' as const, path, data: Buffer.from('y') }))]))).toBe('outcome_unknown')
  expect((await all.zk.getData(path)).stat.version).toBe(5)
  expect(await outcomeOf(zk.sync())).toBe('done')
})

test('what is read in one batch is one moment: no half of a change that was made to two nodes at once', async () => {
  const { zk } = all
  const path = freshPath()
  const names = Array.from({ length: 400 }, (_, index) => String(index).padStart(3, '0'))
  await createChildren(zk, path, names)
  await using writer = createClient(all.server.endpoint)
  let isOver = false
  const change = (data: Buffer): Promise<unknown> => writer.multi(['000', '399'].map((name) => ({ op: 'setData', path: `${path}/${name}`, data })))
  const changeOnAndOn = async (): Promise<number> => {
    let changes = 0
    for (; !isOver; changes += 1) await change(Buffer.from(String(changes)))
    return changes
  }
  await change(Buffer.from('first'))
  const changed = changeOnAndOn()
  const seen = new Set<string>()
  let torn = 0
  const paths = names.map((name) => `${path}/${name}`)
  for (let round = 0; round < 100; round += 1) {
    for (const { nodes } of await Promise.all([zk.getMany(paths), zk.getMany(paths), zk.getMany(paths)])) {
      const [first, last] = [nodes[0]?.data.toString() ?? '', nodes[399]?.data.toString()]
      seen.add(first)
      if (first !== last) torn += 1
    }
  }
  isOver = true
  expect([await changed > 10, seen.size > 10, torn]).toEqual([true, true, 0])
})

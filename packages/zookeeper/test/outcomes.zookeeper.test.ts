import { expect, test } from '@jest/globals'
import { eventually, startFaultProxy } from '@muster/testkit'
import type { FaultProxy } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'
import type { ClientOptions, ZooKeeperClient } from '@muster/zookeeper'

import { freshPath, outcomeOf } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer()
const data = Buffer.from('data')
const writes = new Set([1, 2, 5, 7, 14, 15, 19, 21])
const reads = new Set([3, 4, 6, 8, 9, 12, 22])

interface Scene extends AsyncDisposable {
  readonly zk: ZooKeeperClient
  readonly proxy: FaultProxy
  readonly path: string
}

/** A client behind a proxy, and a node for the test. */
async function setScene(options: ClientOptions = {}): Promise<Scene> {
  const path = freshPath()
  await all.zk.create(path, { data })
  const proxy = await startFaultProxy(all.server.endpoint)
  const zk = createClient(proxy.endpoint, { sessionTimeoutMs: 10_000, ...options })
  await zk.connected()
  const end = async (): Promise<void> => {
    await zk.close()
    await proxy[Symbol.asyncDispose]()
  }
  return { zk, proxy, path, [Symbol.asyncDispose]: end }
}

test('a change whose answer is lost is OutcomeUnknown, was done once, and is never sent again', async () => {
  await using scene = await setScene()
  const { zk, proxy, path } = scene
  await zk.create(`${path}/old`)
  const changes: [string, () => Promise<unknown>][] = [
    ['create', () => zk.create(`${path}/new`)],
    ['ephemeral', () => zk.create(`${path}/ephemeral`, { mode: 'ephemeral' })],
    ['setData', () => zk.setData(path, data)],
    ['delete', () => zk.delete(`${path}/old`)],
    ['multi', () => zk.multi([{ op: 'setData', path, data }, { op: 'create', path: `${path}/multi` }])],
    ['setAcl', () => zk.setAcl(path, [{ permissions: 31, scheme: 'world', id: 'anyone' }])],
    ['container', () => zk.create(`${path}/container`, { mode: 'container' })],
  ]
  for (const [name, change] of changes) {
    const trap = proxy.dropReplyAfterApply({ request: (opcode) => writes.has(opcode) })
    expect([name, await outcomeOf(change())]).toEqual([name, 'outcome_unknown'])
    await trap.happened
    await zk.sync()
  }
  const { children, stat } = await all.zk.getChildren(path)
  expect(children.sort()).toEqual(['container', 'ephemeral', 'multi', 'new'])
  expect([stat.version, stat.aversion]).toEqual([2, 1])
  expect(await all.zk.exists(`${path}/ephemeral`)).toMatchObject({ ephemeralOwner: zk.sessionId })
  expect(zk.state).toEqual({ state: 'connected', epoch: 1 })
})

test('a sequential create whose answer is lost makes one node', async () => {
  await using scene = await setScene()
  const { zk, proxy, path } = scene
  proxy.dropReplyAfterApply({ request: (opcode) => opcode === 15 })
  expect(await outcomeOf(zk.create(`${path}/item-`, { mode: 'ephemeral_sequential' }))).toBe('outcome_unknown')
  await zk.sync()
  expect((await all.zk.getChildren(path)).children).toEqual(['item-0000000000'])
  expect((await zk.create(`${path}/item-`, { mode: 'ephemeral_sequential' })).path).toBe(`${path}/item-0000000001`)
})

test('reads whose answers are lost are asked again by themselves, over as many connections as it takes', async () => {
  await using scene = await setScene()
  const { zk, proxy, path } = scene
  const accepted = proxy.accepted
  const trap = proxy.dropReplyAfterApply({ request: (opcode) => reads.has(opcode), count: 3 })
  const [node, stat, list, many, acl] = await Promise.all([zk.getData(path), zk.exists(path), zk.getChildren(path), zk.getMany([path, `${path}/absent`]), zk.getAcl(path), zk.sync(), zk.exists(`${path}/absent`)])
  await trap.happened
  expect(proxy.accepted).toBeGreaterThan(accepted)
  expect([node.data.toString(), stat?.version, list.children, many.nodes.map((item) => item?.data.toString()), acl.length]).toEqual(['data', 0, [], ['data', undefined], 1])
  expect(zk.state.epoch).toBe(1)
})

test('an answer cut in its middle is no answer: reads are repeated, and nothing of it is left in later ones', async () => {
  await using scene = await setScene()
  const { zk, proxy, path } = scene
  const large = Buffer.alloc(500_000, 'large ')
  await all.zk.setData(path, large)
  for (const bytes of [3, 17, 100_000, 499_000]) {
    const trap = proxy.cutReply(bytes, { request: (opcode) => opcode === 4 })
    const [node, list] = await Promise.all([zk.getData(path), zk.getChildren(path)])
    await trap.happened
    expect([node.data.equals(large), list.children]).toEqual([true, []])
  }
})

test('at a cut the changes on their way are OutcomeUnknown, and those that waited are sent afterwards, in order', async () => {
  await using scene = await setScene({ maxInFlight: 5 })
  const { zk, proxy, path } = scene
  proxy.pause('toServer')
  const calls = Array.from({ length: 20 }, (_, index) => zk.create(`${path}/${index}-`, { mode: 'persistent_sequential' }))
  const outcomes = Promise.all(calls.map(async (call) => (await outcomeOf(call)).replace('done', await call.then(({ path: created }) => created, () => ''))))
  proxy.cut()
  proxy.resume()
  const unknown = Array.from({ length: 5 }, () => 'outcome_unknown')
  expect(await outcomes).toEqual([...unknown, ...Array.from({ length: 15 }, (_, index) => expect.stringMatching(new RegExp(`^${path}/${index + 5}-\\d{10}$`)))])
  const sequence = (await all.zk.getChildren(path)).children.map((name) => name.split('-')).sort(([, one = ''], [, other = '']) => one.localeCompare(other))
  const sent = sequence.map(([index]) => Number(index))
  expect(sent.filter((index) => index >= 5)).toEqual(Array.from({ length: 15 }, (_, index) => index + 5))
  expect(sent).toEqual([...sent].sort((one, other) => one - other))
})

test('own changes apply in the order of the calls, whatever cuts come between; none twice, and none missing of those said to be done', async () => {
  await using scene = await setScene({ maxInFlight: 20 })
  const { zk, proxy, path } = scene
  const outcomes: Promise<string>[] = []
  for (let index = 0; index < 600; index += 1) {
    outcomes.push(outcomeOf(zk.create(`${path}/${index}-`, { mode: 'persistent_sequential' })))
    if (index % 10 === 0) await zk.exists(path) // lets the network have its turn
    if (index % 100 === 50) proxy.cut()
  }
  const ended = await Promise.all(outcomes)
  const { children } = await all.zk.getChildren(path)
  const order = children.map((name) => name.split('-')).sort(([, one = ''], [, other = '']) => one.localeCompare(other)).map(([index]) => Number(index))
  expect(order).toEqual([...new Set(order)].sort((one, other) => one - other))
  expect(ended.filter((outcome) => outcome !== 'done' && outcome !== 'outcome_unknown')).toEqual([])
  expect(ended.flatMap((outcome, index) => (outcome === 'done' && !order.includes(index) ? [index] : []))).toEqual([])
  expect(proxy.accepted).toBeGreaterThanOrEqual(7)
})

test('in a silent partition the changes on their way are OutcomeUnknown, and what waited or came later is BackendUnreachable: surely not done', async () => {
  await using scene = await setScene({ maxInFlight: 2, sessionTimeoutMs: 1000 })
  const { zk, proxy, path } = scene
  proxy.suspend()
  const calls = Array.from({ length: 6 }, (_, index) => zk.create(`${path}/${index}`))
  const outcomes = Promise.all(calls.map((call) => outcomeOf(call)))
  await eventually(() => expect(zk.state.state).not.toBe('connected'))
  const late = outcomeOf(zk.create(`${path}/late`))
  expect(await outcomes).toEqual(['outcome_unknown', 'outcome_unknown', 'backend_unreachable', 'backend_unreachable', 'backend_unreachable', 'backend_unreachable'])
  expect(await late).toBe('backend_unreachable')
  proxy.resume()
  await zk.sync()
  for (const name of ['2', '3', '4', '5', 'late']) expect(await all.zk.exists(`${path}/${name}`)).toBeUndefined()
})

test('a client that is closed while nobody answers ends every call it still has, reads and changes, sent and waiting', async () => {
  await using scene = await setScene({ maxInFlight: 3, sessionTimeoutMs: 1000 })
  const { zk, proxy, path } = scene
  proxy.suspend()
  const calls = [zk.getData(path), zk.create(`${path}/a`), zk.exists(path), zk.create(`${path}/b`), zk.getChildren(path), zk.watch(path, { recursive: true, onEvent: () => {} })]
  const outcomes = Promise.all(calls.map((call) => outcomeOf(call)))
  await zk.close({ timeoutMs: 300 })
  expect(await outcomes).toEqual(['closed', 'outcome_unknown', 'closed', 'closed', 'closed', 'closed'])
  expect(await Promise.all([zk.getData(path), zk.create(path), zk.watch(path, { recursive: true, onEvent: () => {} })].map((call) => outcomeOf(call)))).toEqual(['closed', 'closed', 'closed'])
})

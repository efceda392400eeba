import { fileURLToPath } from 'node:url'

import { expect, test } from '@jest/globals'
import { HashRing, openCoordinator } from '@muster/coordination'
import { eventually, spawnNode, within } from '@muster/testkit'

import { setTheScene } from './zookeeper-scene.js'

const scene = setTheScene()
const objects = Array.from({ length: 100 }, (_, index) => `object ${index}`)

/** The opcode of the watch that a view begins with. */
const addWatch = 106

/** Past the proxy. */
const directUrl = (options: string): string => `zookeeper://${scene.server.endpoint}${new URL(scene.url()).pathname}?${options}`

/** The node of a member as tooz's Partitioner reads it, in hex: a msgpack map that begins with its weight. */
const nodeOf = async (memberId: string): Promise<string> => (await scene.raw.getData(`/tooz/g/${memberId}`)).data.toString('hex')
const weight = (value: number): RegExp => new RegExp(`^8[12]a6${Buffer.from('weight').toString('hex')}0${value}`)

test('a member is an object to other programs when it joins, says something new and comes back; other members are bytes', async () => {
  await using coordinator = await openCoordinator(scene.url('timeout=1s'), { memberId: 'm' })
  await using partitioner = await coordinator.joinPartitionedGroup('g', { weight: 3 })
  expect(await nodeOf('m')).toMatch(weight(3))
  await coordinator.updateCapabilities('g', { weight: 4 })
  expect(await nodeOf('m')).toMatch(weight(4))
  scene.proxy.suspend()
  await eventually(() => expect(scene.raw.getData('/tooz/g/m')).rejects.toMatchObject({ code: 'NO_NODE' }))
  scene.proxy.resume()
  await eventually(() => expect(partitioner.isTrusted).toBe(true))
  expect(await nodeOf('m')).toMatch(weight(4))
  await coordinator.joinGroup('g', { weight: 5 }, { memberId: 'bytes' })
  expect(await nodeOf('bytes')).toBe(`c40c${Buffer.from('{"weight":5}').toString('hex')}`)
  await coordinator.joinGroup('g', { a: 'é', b: [1.5, null, true] }, { memberId: 'object', form: 'object' })
  expect(await nodeOf('object')).toBe(`82a161a2${Buffer.from('é').toString('hex')}a16293cb3ff8000000000000c0c3`)
})

test('objects of a member that is cut off are never its own and those of another at one moment', async () => {
  await using cutOff = await openCoordinator(scene.url('timeout=1s'), { memberId: 'cut off' })
  await using other = await openCoordinator(directUrl('timeout=1s'), { memberId: 'other' })
  const [a, b] = [await cutOff.joinPartitionedGroup('g'), await other.joinPartitionedGroup('g')]
  await eventually(() => expect([a.members.size, b.members.size]).toEqual([2, 2]))
  const own = objects.filter((object) => a.belongsToSelf(object))
  expect(own.length).toBeGreaterThan(10)
  const takenOver = new Promise<boolean[]>((resolve) => {
    b.onChange(({ changes }) => {
      if (changes[0]?.type === 'left') resolve(own.map((object) => b.belongsToSelf(object) && !a.belongsToSelf(object)))
    })
  })
  scene.proxy.suspend()
  await eventually(() => expect(a.isTrusted).toBe(false))
  expect(own.some((object) => a.belongsToSelf(object))).toBe(false)
  expect(await within(takenOver, 10_000, 'the takeover')).toEqual(own.map(() => true))
  scene.proxy.resume()
  await eventually(() => expect(objects.filter((object) => a.belongsToSelf(object))).toEqual(own))
  await eventually(() => expect(own.some((object) => b.belongsToSelf(object))).toBe(false))
})

test('a member that was killed and comes back under its id at once takes its place, and no object moves', async () => {
  await using coordinator = await openCoordinator(scene.url('timeout=40s'), { memberId: 'watcher' })
  await using watching = await coordinator.joinPartitionedGroup('g')
  const program = fileURLToPath(new URL('partition-process.js', import.meta.url))
  await using killed = spawnNode(program, [scene.url('timeout=40s'), 'm'])
  await killed.line(/^joined$/)
  await eventually(() => expect(watching.members.size).toBe(2))
  const { epoch } = watching
  killed.signal('SIGKILL')
  await killed.exited
  const before = watching.members.get('m')?.createdAt
  await using successor = spawnNode(program, [scene.url('timeout=40s'), 'm'])
  await successor.line(/^joined$/)
  await eventually(() => {
    expect(watching.members.has('m')).toBe(true)
    expect(watching.members.get('m')?.createdAt).not.toBe(before)
  })
  expect(watching.epoch).toBe(epoch)
  expect(await nodeOf('m')).toMatch(weight(1))
})

test('a join that cannot read the other members ends at the session timeout, and leaves nobody behind', async () => {
  await using coordinator = await openCoordinator(scene.url('timeout=1s'), { memberId: 'm' })
  const trap = scene.proxy.dropReplyAfterApply({ request: (opcode) => opcode === addWatch })
  void trap.happened.then(() => scene.proxy.suspend())
  const joining = coordinator.joinPartitionedGroup('g')
  joining.catch(() => undefined)
  await within(trap.happened, 10_000, 'the cut')
  expect(await nodeOf('m')).toMatch(weight(1))
  await within(expect(joining).rejects.toMatchObject({ code: 'operation_timed_out', timeoutMs: 1000 }), 10_000, 'the end of the join')
  scene.proxy.resume()
  await eventually(async () => expect(await coordinator.getMembers('g')).toEqual([]))
  await using again = await coordinator.joinPartitionedGroup('g')
  await eventually(() => expect(again.belongsToSelf('x')).toBe(true))
})

test('a member whose id has other characters is on the ring under the name that Python knows it by', async () => {
  await using coordinator = await openCoordinator(scene.url(), { memberId: 'host/1 é' })
  await using partitioner = await coordinator.joinPartitionedGroup('g')
  await scene.raw.create('/tooz/g/100%', { data: Buffer.from('81a67765696768740a', 'hex'), mode: 'ephemeral' })
  await eventually(() => expect(partitioner.members.size).toBe(2))
  expect([...partitioner.members.values()].map(({ memberId, key }) => [memberId, key]).sort()).toEqual([
    ['100%', '100%'],
    ['host/1 é', 'host%2F1 %C3%A9'],
  ])
  const ring = new HashRing(['host%2F1 %C3%A9'])
  ring.addNode('100%', 10)
  const owners = objects.map((object) => (ring.getNodes(object)[0] === '100%' ? '100%' : 'host/1 é'))
  expect(new Set(owners).size).toBe(2)
  expect(objects.map((object) => partitioner.membersForObject(object)[0])).toEqual(owners)
  expect(objects.every((object) => partitioner.membersForObject(object, { ignoreMembers: ['100%'] })[0] === 'host/1 é')).toBe(true)
})

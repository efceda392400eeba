import { expect } from '@jest/globals'
import { Coordinator, HashRing } from '@muster/coordination'
import type { JoinPartitionedGroupOptions, PartitionChange, Partitioner } from '@muster/coordination'

import { eventually } from '../eventually.js'
import { create, createEphemeral, put, replace } from '../conformance/ops.js'
import { failsWith, failureOf, mustRead } from '../conformance/outcomes.js'
import type { Scene, Situation } from '../conformance/scene.js'

const objects = Array.from({ length: 200 }, (_, index) => `object ${index}`)

async function joinAs(scene: Scene, memberId: string, options: JoinPartitionedGroupOptions & { timeoutMs?: number } = {}): Promise<Partitioner> {
  const { timeoutMs, ...rest } = options
  const coordinator = new Coordinator(await scene.open(timeoutMs === undefined ? {} : { timeoutMs }), { memberId })
  return coordinator.joinPartitionedGroup('g', rest)
}

const ownersBy = (partitioner: Partitioner): string[] => objects.map((object) => partitioner.membersForObject(object).join())

/** What a ring of these says, one that was made anew; names in the order of the alphabet. */
function ownersAmong(weights: Readonly<Record<string, number>>): string[] {
  const ring = new HashRing()
  for (const [member, weight] of Object.entries(weights)) ring.addNode(member, weight)
  return objects.map((object) => ring.getNodes(object).join())
}

const agree = (partitioners: readonly Partitioner[], weights: Readonly<Record<string, number>>): Promise<void> =>
  eventually(() => {
    for (const partitioner of partitioners) expect(ownersBy(partitioner)).toEqual(ownersAmong(weights))
  })

function listenTo(partitioner: Partitioner): string[] {
  const told: string[] = []
  partitioner.onChange(({ epoch, changes }) => {
    expect(epoch).toBe(partitioner.epoch)
    for (const change of changes) told.push(`${epoch} ${change.type} ${(change.type === 'left' ? change.before : change.member).memberId}`)
  })
  return told
}

/** The partitioner of groups, which is the same on every backend. */
export function partitions(situation: Situation): void {
  situation('a member knows all that were there when it joins, makes the group if it must, and leaves with its handle', async (scene) => {
    const a = await joinAs(scene, 'a')
    expect([a.group, a.memberId, a.partitions]).toEqual(['g', 'a', 32])
    expect(ownersBy(a)).toEqual(ownersAmong({ a: 1 }))
    const reader = await scene.open()
    {
      await using b = await joinAs(scene, 'b', { weight: 3 })
      expect(ownersBy(b)).toEqual(ownersAmong({ a: 1, b: 3 }))
      expect([...b.members.keys()].sort()).toEqual(['a', 'b'])
      await b.synced()
    }
    expect((await reader.list('members/g', { consistent: true })).entries.map(({ key }) => key)).toEqual(['a'])
    await agree([a], { a: 1 })
  })

  situation('members agree on every object, each belongs to one of them, and to the next ones as its replicas', async (scene) => {
    const partitioners = await Promise.all([joinAs(scene, 'a'), joinAs(scene, 'b', { weight: 2 }), joinAs(scene, 'c', { weight: 3 })])
    await agree(partitioners, { a: 1, b: 2, c: 3 })
    for (const object of objects) {
      expect(partitioners.filter((each) => each.belongsToSelf(object))).toHaveLength(1)
      expect(partitioners.filter((each) => each.belongsToSelf(object, { replicas: 2 }))).toHaveLength(2)
      const [first = '', second = ''] = partitioners[0].membersForObject(object, { replicas: 9 })
      for (const each of partitioners) {
        expect(each.membersForObject(object, { ignoreMembers: [first, 'nobody'] })).toEqual([second])
        expect([each.belongsToMember(object, first), each.belongsToMember(object, second)]).toEqual([true, false])
      }
    }
  })

  situation('a join and a leave are one epoch each, told after the ring has changed; objects move to the new and from the old', async (scene) => {
    const a = await joinAs(scene, 'a')
    const [told, epoch] = [listenTo(a), a.epoch]
    const b = await joinAs(scene, 'b')
    await eventually(() => expect(told).toEqual([`${epoch + 1} joined b`]))
    await agree([a, b], { a: 1, b: 1 })
    await b.leave()
    await eventually(() => expect(told).toEqual([`${epoch + 1} joined b`, `${epoch + 2} left b`]))
    await agree([a], { a: 1 })
    expect(a.epoch).toBe(epoch + 2)
  })

  situation('the objects of a member that is killed go to the others', async (scene) => {
    const a = await joinAs(scene, 'a')
    const doomed = scene.start({ timeoutMs: scene.doomedTimeoutMs })
    await doomed.call('commit', [createEphemeral('members/g', 'doomed', '{"weight":2}')])
    await agree([a], { a: 1, doomed: 2 })
    await doomed.kill()
    await agree([a], { a: 1 })
    expect(objects.every((object) => a.belongsToSelf(object))).toBe(true)
  })

  situation('members that join at one moment never miss each other', async (scene) => {
    const coordinators = await Promise.all(['a', 'b', 'c', 'd'].map(async (memberId) => new Coordinator(await scene.open(), { memberId })))
    for (let round = 0; round < 50; round += 1) {
      const group = `round ${round}`
      const partitioners = await Promise.all(coordinators.map((coordinator) => coordinator.joinPartitionedGroup(group)))
      for (const { memberId, members } of partitioners) expect(members.has(memberId)).toBe(true)
      await agree(partitioners, { a: 1, b: 1, c: 1, d: 1 })
      await Promise.all(partitioners.map((partitioner) => partitioner.leave()))
    }
  })

  situation('weights that no ring can have are bounded: bad data counts as 1, what is too much as the most, what is below 0 as nothing', async (scene) => {
    const session = await scene.open()
    const a = await joinAs(scene, 'a')
    const data = { b: '', c: 'no json', d: '{"weight":"5"}', e: '{"weight":1.5}', f: '{"weight":-7}', g: '{"weight":1e300}', h: '{"other":3}', i: '{"weight":null}' }
    for (const [key, text] of Object.entries(data)) await session.commit([createEphemeral('members/g', key, text)])
    await agree([a], { a: 1, b: 1, c: 1, d: 1, e: 1, f: 0, g: 1024, h: 1, i: 1 })
    await session.commit([put('members/g', 'g', '{"weight":2}')])
    await agree([a], { a: 1, b: 1, c: 1, d: 1, e: 1, f: 0, g: 2, h: 1, i: 1 })
  })

  situation('a member that comes back in a new session with its weight, and one that says something else new, change no epoch', async (scene) => {
    const [former, later] = [await scene.open(), await scene.open()]
    const a = await joinAs(scene, 'a')
    await former.commit([createEphemeral('members/g', 'b', '{"weight":2}')])
    await agree([a], { a: 1, b: 2 })
    const [told, epoch] = [listenTo(a), a.epoch]
    await later.commit([replace(await mustRead(later, 'members/g', 'b'), '{"weight":2,"incarnation":2}')])
    await eventually(() => expect(a.members.get('b')?.capabilities).toEqual({ weight: 2, incarnation: 2 }))
    await later.commit([put('members/g', 'b', '{"weight":2,"other":1}')])
    await eventually(() => expect(a.members.get('b')?.capabilities).toEqual({ weight: 2, other: 1 }))
    expect([told, a.epoch]).toEqual([[], epoch])
    await later.commit([put('members/g', 'b', '{"weight":5}')])
    await agree([a], { a: 1, b: 5 })
    expect(told).toEqual([`${epoch + 1} updated b`])
  })

  situation('members whose names make them share partitions are agreed on, however they came and went', async (scene) => {
    const session = await scene.open()
    const names = ['11', '1', '1111', '111']
    const first = await joinAs(scene, '5')
    for (const key of names) await session.commit([createEphemeral('members/g', key)])
    const last = await joinAs(scene, '6')
    await agree([first, last], { '1': 1, '11': 1, '111': 1, '1111': 1, '5': 1, '6': 1 })
    for (const key of ['1', '1111']) await session.commit([{ op: 'delete', at: { collection: 'members/g', key } }])
    await agree([first, last], { '11': 1, '111': 1, '5': 1, '6': 1 })
  })

  situation('a listener that throws, or stops itself, hinders neither the others nor the ring', async (scene) => {
    const a = await joinAs(scene, 'a')
    a.onChange(() => {
      throw new Error('a listener that throws')
    })
    const once: PartitionChange[] = []
    const stop = a.onChange((change) => {
      once.push(change)
      stop()
    })
    const told = listenTo(a)
    const session = await scene.open()
    for (const key of ['b', 'c']) {
      await session.commit([createEphemeral('members/g', key)])
      await eventually(() => expect(told.at(-1)).toBe(`${a.epoch} joined ${key}`))
    }
    await agree([a], { a: 1, b: 1, c: 1 })
    expect(once).toMatchObject([{ changes: [{ type: 'joined', member: { memberId: 'b' } }] }])
  })

  situation('while the backend does not answer nothing belongs to this member, and all that is its own again when it is in the group', async (scene) => {
    const timeoutMs = scene.shortTimeoutMs
    const a = await joinAs(scene, 'a', { timeoutMs })
    expect(objects.every((object) => a.belongsToSelf(object))).toBe(true)
    const outage = await scene.obstruct()
    await eventually(() => expect(a.isTrusted).toBe(false))
    expect(objects.some((object) => a.belongsToSelf(object))).toBe(false)
    expect(ownersBy(a)).toEqual(ownersAmong({ a: 1 }))
    await outage[Symbol.asyncDispose]()
    await eventually(() => expect(a.isTrusted).toBe(true), { timeoutMs: 30_000 })
    const b = await joinAs(scene, 'b')
    await agree([a, b], { a: 1, b: 1 })
    for (const object of objects) expect(a.belongsToSelf(object)).toBe(!b.belongsToSelf(object))
  })

  situation('a process that hung knows before anything else that others may have taken over what was its own', async (scene) => {
    const a = await joinAs(scene, 'a', { timeoutMs: scene.shortTimeoutMs })
    expect(a.belongsToSelf('x')).toBe(true)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, scene.shortTimeoutMs * 0.7)
    expect(a.belongsToSelf('x')).toBe(false)
    await eventually(() => expect(a.belongsToSelf('x')).toBe(true))
  })

  situation('whoever has left owns nothing and is told nothing, from the call of leave on', async (scene) => {
    const [a, session] = [await joinAs(scene, 'a'), await scene.open()]
    const told = listenTo(a)
    const left = a.leave()
    expect([a.isTrusted, a.belongsToSelf('x')]).toEqual([false, false])
    expect(() => a.membersForObject('x')).toThrow(expect.objectContaining({ code: 'closed' }))
    await left
    await session.commit([createEphemeral('members/g', 'b')])
    await a.leave()
    expect(told).toEqual([])
  })

  situation('a partitioner ends with its coordinator, and one that is refused or given up leaves nobody behind', async (scene) => {
    const session = await scene.open()
    const own = await scene.open()
    const coordinator = new Coordinator(own, { memberId: 'a' })
    for (const bad of [{ weight: 0 }, { weight: 1.5 }, { weight: 1025 }, { partitions: 0 }, { partitions: 64, weight: 513 }]) await failsWith(coordinator.joinPartitionedGroup('g', bad), 'invalid_argument')
    await session.commit([create('groups', 'g')])
    const aborted = AbortSignal.abort(new Error('given up'))
    expect((await failureOf(coordinator.joinPartitionedGroup('g', { signal: aborted }))).message).toBe('given up')
    expect((await session.list('members/g', { consistent: true })).entries).toEqual([])
    const a = await coordinator.joinPartitionedGroup('g')
    await failsWith(coordinator.joinPartitionedGroup('g'), 'member_already_exist')
    await coordinator.leavePartitionedGroup(a)
    const again = await coordinator.joinPartitionedGroup('g')
    await own.close()
    await eventually(() => expect(() => again.membersForObject('x')).toThrow(expect.objectContaining({ code: 'closed' })))
    expect(again.belongsToSelf('x')).toBe(false)
  })
}

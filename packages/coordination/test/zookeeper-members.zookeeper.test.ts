import { fileURLToPath } from 'node:url'

import { expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import type { MemberChange, MembershipState } from '@muster/coordination'
import { eventually, spawnNode, within } from '@muster/testkit'
import type { NodeProcess } from '@muster/testkit'

import { setTheScene, text } from './zookeeper-scene.js'

const scene = setTheScene()
const longTimeout = 'timeout=40s'

async function startMember(): Promise<NodeProcess> {
  const process = spawnNode(fileURLToPath(new URL('member-process.js', import.meta.url)), [scene.url(longTimeout), 'm'])
  await process.line(/^joined$/)
  return process
}

test('a member id that a living process of this host holds is refused at once', async () => {
  await using holder = await startMember()
  await using coordinator = await openCoordinator(scene.url(longTimeout), { memberId: 'm' })
  await within(expect(coordinator.joinGroup('g')).rejects.toMatchObject({ code: 'member_already_exist' }), 10_000, 'the refusal')
  expect(holder.pid).toBeGreaterThan(0)
})

test('a worker that was killed and comes back under its id takes its place at once, and keeps it when the old session ends', async () => {
  await using killed = await startMember()
  await using coordinator = await openCoordinator(scene.url(longTimeout), { memberId: 'm' })
  await using view = coordinator.groupView('g')
  await view.synced()
  const told: MemberChange[] = []
  view.onChange((changes) => told.push(...changes))
  killed.signal('SIGKILL')
  await killed.exited
  await within(coordinator.joinGroup('g', { second: true }), 10_000, 'the takeover')
  await eventually(() => expect(told.at(-1)).toMatchObject({ type: 'updated', rejoined: true, member: { capabilities: { second: true } } }))
  expect(told.filter(({ type }) => type === 'left')).toEqual([])
  const session = await scene.open()
  const [entry] = (await session.list('members/g', { consistent: true })).entries
  expect(text(entry)).toBe('{"second":true}')
})

test('an id whose owner nobody can see is waited for, and is free when its session has ended', async () => {
  const foreign = await scene.open('timeout=2s')
  await foreign.commit([{ op: 'create', at: { collection: 'groups', key: 'g' }, data: new Uint8Array() }])
  await foreign.commit([{ op: 'create', at: { collection: 'members/g', key: 'm' }, data: Buffer.from('{}'), ephemeral: true }])
  await using coordinator = await openCoordinator(scene.url(), { memberId: 'm' })
  const joining = coordinator.joinGroup('g')
  await foreign.close()
  expect((await within(joining, 10_000, 'the join')).state).toBe('joined')
})

test('a member comes back by itself after a lost session, once, as the next incarnation', async () => {
  await using watcher = await openCoordinator(`zookeeper://${scene.server.endpoint}${new URL(scene.url()).pathname}`)
  await using coordinator = await openCoordinator(scene.url('timeout=1s'), { memberId: 'm' })
  const membership = await coordinator.joinGroupCreate('g', (incarnation) => ({ incarnation }))
  await using view = watcher.groupView('g')
  await view.synced()
  const told: MemberChange[] = []
  view.onChange((changes) => told.push(...changes))
  const states: MembershipState[] = []
  void (async () => {
    for await (const state of membership.states()) states.push(state)
  })()
  scene.proxy.suspend()
  await eventually(() => expect(told.map(({ type }) => type)).toEqual(['left']))
  scene.proxy.resume()
  await eventually(() => expect(told.map(({ type }) => type)).toEqual(['left', 'joined']))
  await eventually(() => expect(states).toEqual(['joined', 'suspended', 'rejoining', 'joined']))
  expect(view.members.get('m')?.capabilities).toEqual({ incarnation: 2 })
  await membership.leave()
  await eventually(() => expect(view.members.size).toBe(0))
})

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'

import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { ToozProcess } from './tooz-process.js'

describe('ids and names that tooz and ours both use', () => {
  let server: ZooKeeperServer
  let backend: string

  beforeAll(async () => {
    server = await startZooKeeper()
    backend = `zookeeper://${server.endpoint}?timeout=2`
  }, 60_000)

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  test('an id that one of ours has is refused to tooz with MemberAlreadyExist', async () => {
    await using ours = await openCoordinator(backend, { memberId: 'same' })
    await using tooz = await ToozProcess.start(backend, 'same')
    await ours.joinGroupCreate('taken by us', { name: 'ours' })
    await expect(tooz.call('join_group', 'taken by us', {})).rejects.toMatchObject({ name: 'tooz.coordination.MemberAlreadyExist' })
    expect(await ours.getMemberCapabilities('taken by us', 'same')).toEqual({ name: 'ours' })
    await ours.leaveGroup('taken by us')
    await tooz.call('join_group', 'taken by us', {})
  })

  test('an id that a living tooz worker has is refused to ours with MemberAlreadyExist, and is left alone', async () => {
    await using tooz = await ToozProcess.start(backend, 'same')
    await using ours = await openCoordinator(backend, { memberId: 'same' })
    await tooz.call('create_group', 'taken by tooz')
    await tooz.call('join_group', 'taken by tooz', { name: 'tooz' })
    await expect(ours.joinGroup('taken by tooz')).rejects.toMatchObject({ code: 'member_already_exist', group: 'taken by tooz', memberId: 'same' })
    expect(await tooz.call('get_member_capabilities', 'taken by tooz', 'same')).toEqual({ name: 'tooz' })
  })

  test('an id that a killed tooz worker had is ours as soon as its session is over', async () => {
    await using tooz = await ToozProcess.start(backend, 'same')
    await using ours = await openCoordinator(backend, { memberId: 'same' })
    await tooz.call('create_group', 'left behind')
    await tooz.call('join_group', 'left behind', {})
    await tooz.kill()
    await ours.joinGroup('left behind', { name: 'ours' })
    expect(await ours.getMemberCapabilities('left behind', 'same')).toEqual({ name: 'ours' })
  })

  test('groups of one name in two namespaces do not see each other, those of one namespace do', async () => {
    const elsewhere = `${backend}&namespace=elsewhere`
    await using ours = await openCoordinator(backend, { memberId: 'ours' })
    await using oursElsewhere = await openCoordinator(elsewhere, { memberId: 'ours' })
    await using tooz = await ToozProcess.start(backend, 'tooz')
    await using toozElsewhere = await ToozProcess.start(elsewhere, 'tooz')
    await ours.joinGroupCreate('shared', { place: 'here' })
    await toozElsewhere.call('create_group', 'shared')
    await toozElsewhere.call('join_group', 'shared', { place: 'elsewhere' })

    expect(await ours.getMembers('shared')).toEqual(['ours'])
    expect(await tooz.call('get_members', 'shared')).toEqual(['ours'])
    expect(await oursElsewhere.getMembers('shared')).toEqual(['tooz'])
    expect(await toozElsewhere.call('get_members', 'shared')).toEqual(['tooz'])
    await oursElsewhere.joinGroup('shared', { place: 'elsewhere' })
    expect(await toozElsewhere.call('get_members', 'shared')).toEqual(['ours', 'tooz'])
    expect(await ours.getMembers('shared')).toEqual(['ours'])
  })
})

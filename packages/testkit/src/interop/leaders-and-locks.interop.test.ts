import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import type { Coordinator } from '@muster/coordination'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'

import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { soon } from './soon.js'
import { ToldChanges } from './told-changes.js'
import { ToozProcess } from './tooz-process.js'

describe('what tooz keeps among groups and members', () => {
  let server: ZooKeeperServer
  let backend: string
  let serviceGroup: ServiceGroup
  let coordinator: Coordinator
  let tooz: ToozProcess

  beforeAll(async () => {
    server = await startZooKeeper()
    backend = `zookeeper://${server.endpoint}?timeout=2`
    serviceGroup = await openServiceGroup(backend)
    coordinator = await openCoordinator(backend, { memberId: 'ours' })
    tooz = await ToozProcess.start(backend, 'tooz')
  }, 60_000)

  afterAll(async () => {
    await tooz[Symbol.asyncDispose]()
    await coordinator.close()
    await serviceGroup.close()
    await server[Symbol.asyncDispose]()
  })

  const groups = async (): Promise<string[]> => (await serviceGroup.groups()).map(({ group }) => group)

  test('a group whose leader was elected lists its members and no other', async () => {
    await using told = new ToldChanges(serviceGroup, 'led')
    await tooz.call('create_group', 'led')
    await tooz.call('join_group', 'led', Buffer.from('{"name": "tooz"}'))
    await tooz.call('stand', 'led')
    await soon(() => expect(tooz.events).toContainEqual(['elected', 'led', 'tooz']))
    expect(await tooz.call('get_members', 'led')).toEqual(['leader', 'tooz']) // as tooz itself shows it
    await soon(() => expect(told.lines).toEqual(['joined tooz']))
    await coordinator.joinGroup('led', { name: 'ours' })

    expect(await coordinator.getMembers('led')).toEqual(['ours', 'tooz'])
    expect((await serviceGroup.workers({ group: 'led' })).map(({ name }) => name)).toEqual(['ours', 'tooz'])
    expect((await serviceGroup.groups()).find(({ group }) => group === 'led')).toMatchObject({ members: 2 })
    await soon(() => expect(told.lines).toEqual(['joined tooz', 'joined ours']))

    await tooz.call('stand_down_group_leader', 'led')
    await tooz.call('leave_group', 'led')
    await soon(() => expect(told.lines).toHaveLength(3))
    await coordinator.leaveGroup('led')
    await soon(() => expect(told.lines).toEqual(['joined tooz', 'joined ours', 'left tooz', 'left ours']))
  })

  test('asking for the leader makes nobody up, in a group of ours as well', async () => {
    await coordinator.joinGroupCreate('asked', { name: 'ours' })
    await using told = new ToldChanges(serviceGroup, 'asked')
    await soon(() => expect(told.lines).toEqual(['joined ours']))
    expect(await tooz.call('get_leader', 'asked')).toBeNull()
    expect(await tooz.call('get_members', 'asked')).toContain('leader')
    expect(await coordinator.getMembers('asked')).toEqual(['ours'])
    await coordinator.leaveGroup('asked')
    await soon(() => expect(told.lines).toEqual(['joined ours', 'left ours']))
  })

  test('a group that once had a leader can be deleted when it is empty, and not before', async () => {
    await tooz.call('create_group', 'deleted')
    await coordinator.joinGroup('deleted')
    await tooz.call('get_leader', 'deleted')
    await expect(tooz.call('delete_group', 'deleted')).rejects.toMatchObject({ name: 'tooz.coordination.GroupNotEmpty' })
    await expect(coordinator.deleteGroup('deleted')).rejects.toMatchObject({ code: 'group_not_empty' })
    await coordinator.leaveGroup('deleted')
    await coordinator.deleteGroup('deleted')
    await expect(tooz.call('get_members', 'deleted')).rejects.toMatchObject({ name: 'tooz.coordination.GroupNotCreated' })
    expect(await groups()).not.toContain('deleted')
  })

  test('a group that a leader stands in cannot be deleted', async () => {
    await tooz.call('create_group', 'stood in')
    await tooz.call('stand', 'stood in')
    await soon(() => expect(tooz.events).toContainEqual(['elected', 'stood in', 'tooz']))
    await expect(coordinator.deleteGroup('stood in')).rejects.toMatchObject({ code: 'group_not_empty' })
    expect(await groups()).toContain('stood in')
  })

  test('the locks of tooz are no group', async () => {
    expect(await tooz.call('acquire', 'a lock')).toBe(true)
    expect(await tooz.call('get_groups')).toContain('locks') // as tooz itself shows it
    expect(await groups()).not.toContain('locks')
    expect(await serviceGroup.workers({ group: 'locks' })).toEqual([])
    await tooz.call('release', 'a lock')
    expect(await groups()).not.toContain('locks')
  })

  test('groups of ours are there for tooz, and its groups for us; made twice, the second one is told', async () => {
    await coordinator.createGroup('of ours')
    await coordinator.createGroup('größe 日本')
    await tooz.call('create_group', 'of tooz')
    expect(await tooz.call('get_groups')).toEqual(expect.arrayContaining(['of ours', 'gr%C3%B6%C3%9Fe %E6%97%A5%E6%9C%AC', 'of tooz']))
    expect(await groups()).toEqual(expect.arrayContaining(['of ours', 'größe 日本', 'of tooz']))
    await expect(tooz.call('create_group', 'of ours')).rejects.toMatchObject({ name: 'tooz.coordination.GroupAlreadyExist' })
    await expect(coordinator.createGroup('of tooz')).rejects.toMatchObject({ code: 'group_already_exist' })
    await tooz.call('delete_group', 'of ours')
    await coordinator.deleteGroup('of tooz')
    await expect(coordinator.getMembers('of ours')).rejects.toMatchObject({ code: 'group_not_created' })
    await expect(tooz.call('get_members', 'of tooz')).rejects.toMatchObject({ name: 'tooz.coordination.GroupNotCreated' })
  })
})

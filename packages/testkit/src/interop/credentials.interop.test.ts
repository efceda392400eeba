import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import { join, openServiceGroup } from '@muster/servicegroup'

import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { svc } from './commands.js'
import { soon } from './soon.js'
import { ToozProcess } from './tooz-process.js'

const url = (server: ZooKeeperServer, credentials = ''): string => `zookeeper://${credentials}${server.endpoint}?timeout=2`

describe('groups behind a user and a password', () => {
  let server: ZooKeeperServer

  beforeAll(async () => {
    server = await startZooKeeper()
  }, 60_000)

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  test('tooz and ours with the same user share one group, whoever made it', async () => {
    const backend = url(server, 'user:secret@')
    await using tooz = await ToozProcess.start(backend, 'tooz')
    await using ours = await openCoordinator(backend, { memberId: 'ours' })
    await tooz.call('create_group', 'of tooz')
    await ours.createGroup('of ours')
    for (const group of ['of tooz', 'of ours']) {
      await tooz.call('watch', group)
      await tooz.call('join_group', group, { name: 'tooz' })
      await ours.joinGroup(group, { name: 'ours' })
      expect(await tooz.call('get_members', group)).toEqual(['ours', 'tooz'])
      expect(await ours.getMembers(group)).toEqual(['ours', 'tooz'])
      expect(JSON.parse(String(await tooz.call('get_member_capabilities', group, 'ours')))).toEqual({ name: 'ours' })
      await soon(() => expect(tooz.events).toContainEqual(['joined', group, 'ours']))
      await ours.leaveGroup(group)
      await tooz.call('leave_group', group)
      await ours.deleteGroup(group)
    }
  })

  test('one without a user is refused, is told which URL to use, and nothing empty is listed', async () => {
    await using tooz = await ToozProcess.start(url(server, 'user:secret@'), 'tooz')
    await tooz.call('create_group', 'guarded')
    await tooz.call('join_group', 'guarded', { name: 'tooz' })

    const serviceGroup = await openServiceGroup(url(server))
    const ours = await openCoordinator(url(server), { memberId: 'anonymous' })
    const refusal = { code: 'not_allowed', message: expect.stringContaining('guarded'), hint: expect.stringContaining('zookeeper://user:password@') }
    try {
      await expect(ours.getMembers('guarded')).rejects.toMatchObject(refusal)
      await expect(ours.joinGroup('guarded')).rejects.toMatchObject(refusal)
      await expect(join({ backend: url(server), group: 'guarded', name: 'ours' })).rejects.toMatchObject(refusal)
      await expect(serviceGroup.workers({ group: 'guarded' })).rejects.toMatchObject({ code: 'not_allowed' })
    } finally {
      await ours.close()
      await serviceGroup.close()
    }
    const list = await svc('list', '--backend', url(server), '--group', 'guarded')
    expect(list).toMatchObject({ code: 4, stdout: '' })
    expect(list.stderr).toContain('zookeeper://user:password@')
    expect((await svc('list', '--backend', url(server, 'user:secret@'), '--group', 'guarded', '-f', 'json')).stdout).toContain('"Name": "tooz"')
  })

  test('one with another password is refused, and no password is told to anybody', async () => {
    await using tooz = await ToozProcess.start(url(server, 'user:secret@'), 'tooz')
    await tooz.call('create_group', 'locked')
    const list = await svc('list', '--backend', url(server, 'user:wrong-word@'), '--group', 'locked')
    expect(list).toMatchObject({ code: 4, stdout: '' })
    expect(list.stderr).not.toContain('wrong-word')
    await using ours = await openCoordinator(url(server, 'user:wrong-word@'))
    await expect(ours.getMembers('locked')).rejects.toMatchObject({ code: 'not_allowed', message: expect.not.stringContaining('wrong-word') })
  })

  test('an anonymous tooz worker is refused in a group that ours have made with a user', async () => {
    await using ours = await openCoordinator(url(server, 'user:secret@'), { memberId: 'ours' })
    await ours.joinGroupCreate('ours alone')
    await using tooz = await ToozProcess.start(url(server), 'tooz')
    for (const read of ['get_members', 'join_group'] as const) {
      await expect(tooz.call(read, 'ours alone')).rejects.toMatchObject({ name: 'tooz.ToozError' })
    }
    expect(await ours.getMembers('ours alone')).toEqual(['ours'])
  })
})

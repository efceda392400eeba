import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import { openServiceGroup } from '@muster/servicegroup'

import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { svc } from './commands.js'
import { soon } from './soon.js'
import { ToozProcess } from './tooz-process.js'

let server: ZooKeeperServer
let folder: TemporaryFolder
let workerFile = ''

beforeAll(async () => {
  server = await startZooKeeper()
  folder = await temporaryFolder()
  workerFile = join(folder.path, 'worker')
  await writeFile(workerFile, 'worker:many-know-it\n')
  expect(await svc('acl', 'set', '--yes', '--worker-file', workerFile, '--backend', url('admin:secret@'))).toMatchObject({ code: 0 })
}, 60_000)

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const url = (credentials = '', options = ''): string => `zookeeper://${credentials}${server.endpoint}?timeout=2${options}`
const worker = (): string => url('worker:many-know-it@')

test('under a policy a tooz worker with the workers\' user and ours are in one group, whoever made it, and wait for each other\'s locks', async () => {
  await using tooz = await ToozProcess.start(worker(), 'tooz')
  const ours = await openCoordinator(worker(), { memberId: 'ours' })
  try {
    await tooz.call('create_group', 'of tooz')
    await ours.createGroup('of ours')
    for (const group of ['of tooz', 'of ours']) {
      await tooz.call('watch', group)
      await tooz.call('join_group', group, { name: 'tooz' })
      await ours.joinGroup(group, { name: 'ours' })
      expect(await tooz.call('get_members', group)).toEqual(['ours', 'tooz'])
      expect(JSON.parse(String(await tooz.call('get_member_capabilities', group, 'ours')))).toEqual({ name: 'ours' })
      expect((await ours.getMemberCapabilities(group, 'tooz'))).toEqual({ name: 'tooz' })
      await soon(() => expect(tooz.events).toContainEqual(['joined', group, 'ours']))
      await ours.leaveGroup(group)
      await tooz.call('update_capabilities', group, { name: 'tooz', again: true })
      await tooz.call('leave_group', group)
    }
    await tooz.call('delete_group', 'of ours')
    await ours.deleteGroup('of tooz')

    expect(await tooz.call('acquire', 'nightly')).toBe(true)
    await expect(ours.getLock('nightly').acquire({ timeoutMs: 0 })).rejects.toMatchObject({ code: 'lock_acquire_failed' })
    await tooz.call('release', 'nightly')
    const holding = await ours.getLock('nightly').acquire({ timeoutMs: 5000 })
    await expect(tooz.call('acquire', 'nightly', 0.5)).rejects.toMatchObject({ name: expect.stringContaining('LockTimeout') })
    await holding.release()
  } finally {
    await ours.close()
  }
})

test('what Python workers make is theirs alone: an administrator lists it with the workers\' password as well', async () => {
  await using tooz = await ToozProcess.start(worker(), 'tooz')
  await tooz.call('create_group', 'python')
  await tooz.call('join_group', 'python', { name: 'tooz' })
  const alone = await openServiceGroup(url('admin:secret@'))
  const both = await openServiceGroup(url('admin:secret@', `&auth_file=${workerFile}`))
  try {
    await expect(alone.workers({ group: 'python' })).rejects.toMatchObject({ code: 'not_allowed', message: expect.stringContaining(`'admin'`) })
    expect(await both.workers({ group: 'python' })).toMatchObject([{ memberId: 'tooz', name: 'tooz' }])
    expect(await svc('acl', 'set', '--yes', '--worker-file', workerFile, '--backend', url('admin:secret@', `&auth_file=${workerFile}`))).toMatchObject({ code: 0 })
    expect(await alone.workers({ group: 'python' })).toMatchObject([{ memberId: 'tooz', name: 'tooz' }])
    expect(await tooz.call('get_members', 'python')).toEqual(['tooz'])
  } finally {
    await alone.close()
    await both.close()
  }
})

test('a tooz worker without a user is refused', async () => {
  await using tooz = await ToozProcess.start(url(), 'anonymous')
  await expect(tooz.call('create_group', 'anything')).rejects.toMatchObject({ name: 'tooz.ToozError' })
  await expect(tooz.call('get_groups')).rejects.toMatchObject({ name: 'tooz.ToozError' })
})

import { describe, beforeEach, expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import { openServiceGroup } from '@muster/servicegroup'
import { isZooKeeperError } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { passwords, setTheAclScene } from './acl-scene.js'
import type { User } from './acl-scene.js'
import { diagnose } from './doctor.js'

const scene = setTheAclScene()

/** The word of ZooKeeper for how a request ended. */
const outcomeOf = (call: Promise<unknown>): Promise<string> => call.then(() => 'done', (error: unknown) => (isZooKeeperError(error) ? error.code : String(error)))

/** What only administrators may do, on what one join has written; harmless ones first. */
async function privileges(zk: ZooKeeperClient, paths: { service: string; gate: string; change: string }): Promise<Record<string, string>> {
  const deeds: Record<string, () => Promise<unknown>> = {
    'read a change in the outbox': () => zk.getData(paths.change),
    'read the tokens': () => zk.getChildren(scene.own('tokens')),
    'write a token': () => zk.create(scene.own('tokens/forged')),
    'change a service': () => zk.setData(paths.service, Buffer.from('{}')),
    'open a service to others': () => zk.setAcl(paths.service, [{ permissions: 31, scheme: 'world', id: 'anyone' }]),
    'write the identity of the store': () => zk.setData(scene.own('meta/store'), Buffer.from('forged')),
    'write the policy': () => zk.setData(scene.own('meta/acl'), Buffer.from('{}')),
    'write into meta': () => zk.create(scene.own('meta/outbox-gap')),
    'remove the policy': () => zk.delete(scene.own('meta/acl')),
    'change a change in the outbox': () => zk.setData(paths.change, Buffer.from('{}')),
    'remove a change from the outbox': () => zk.delete(paths.change),
    'remove a service': () => zk.delete(paths.service),
    'remove a gate': () => zk.delete(paths.gate),
    'make a collection': () => zk.create(scene.own('webhooks')),
    'remove a collection': () => zk.delete(scene.own('tokens/forged')).then(() => zk.delete(scene.own('tokens'))),
    'shut others out of the gates': () => zk.setAcl(scene.own('gates'), [{ permissions: 31, scheme: 'digest', id: 'me:x' }]),
  }
  const outcomes: Record<string, string> = {}
  for (const [deed, act] of Object.entries(deeds)) outcomes[deed] = await outcomeOf(act())
  return outcomes
}

/** Where a join has written. */
async function pathsOf(uuid: string, zk: ZooKeeperClient): Promise<{ service: string; gate: string; change: string }> {
  const first = async (collection: string): Promise<string> => scene.own(`${collection}/${(await zk.getChildren(scene.own(collection))).children[0] ?? ''}`)
  return { service: scene.own(`services/${uuid}`), gate: await first('gates'), change: await first('outbox') }
}

describe('on a new ensemble with a policy', () => {
  beforeEach(async () => {
    const { code, stdout, stderr } = await scene.set()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^administrators: digest:admin; workers: digest:worker; \d+ nodes? changed, \d+ as before\n$/)
  })

  test('a worker registers its service, is found on its gate, is listed, leaves and comes back, locks and leads', async () => {
    await using workers = { group: await openServiceGroup(scene.url('worker')), [Symbol.asyncDispose]() { return this.group.close() } }
    const first = await workers.group.join({ group: 'vitrage', name: 'a', type: 'indexer', hostname: 'h1' })
    const second = await workers.group.join({ group: 'vitrage', name: 'b', type: 'indexer', hostname: 'h1' })
    expect(second.worker.uuid).toBe(first.worker.uuid)
    expect((await workers.group.getMany()).services).toMatchObject([{ uuid: first.worker.uuid, state: 'up', status: 'enabled' }])
    await first.leave()
    const again = await workers.group.join({ group: 'vitrage', name: 'a', type: 'indexer', hostname: 'h1' })
    expect(again.worker.uuid).toBe(first.worker.uuid)
    expect((await workers.group.workers()).map(({ name }) => name).sort()).toEqual(['a', 'b'])
    const coordinator = await openCoordinator(scene.url('worker'), { memberId: 'w' })
    try {
      await using lock = await coordinator.getLock('nightly').acquire({ timeoutMs: 5000 })
      expect(lock.held).toBe(true)
      const campaign = coordinator.campaign('vitrage')
      expect((await campaign.elected()).held).toBe(true)
      await campaign.standDown()
      await coordinator.createGroup('empty')
      await coordinator.deleteGroup('empty')
    } finally {
      await coordinator.close()
    }
    expect(await scene.warnings('admin')).toEqual([])
  })

  test('what administrators alone may do is refused to workers, to other users and to those without one', async () => {
    const group = await openServiceGroup(scene.url('worker'))
    try {
      const { worker } = await group.join({ group: 'vitrage', name: 'a', type: 'indexer', hostname: 'h1' })
      await using admin = scene.raw('admin')
      const paths = await pathsOf(worker.uuid ?? '', admin)
      for (const users of [['worker'], ['other'], []] as User[][]) {
        await using zk = scene.raw(...users)
        const outcomes = await privileges(zk, paths)
        expect({ users, outcomes }).toEqual({ users, outcomes: Object.fromEntries(Object.keys(outcomes).map((deed) => [deed, 'NO_AUTH'])) })
      }
      expect(await scene.warnings('admin')).toEqual([])
      const outcomes = await privileges(admin, paths)
      expect(outcomes).toEqual(Object.fromEntries(Object.keys(outcomes).map((deed) => [deed, 'done'])))
    } finally {
      await group.close()
    }
  })

  test('a worker that would administrate is told who may not do what, and where to look; its password is told to nobody', async () => {
    const group = await openServiceGroup(scene.url('worker'))
    try {
      const { worker } = await group.join({ group: 'vitrage', name: 'a', type: 'indexer', hostname: 'h1' })
      const path = scene.own(`services/${worker.uuid ?? ''}`)
      const refusal = { code: 'not_allowed', message: `ZooKeeper does not allow 'worker' to write ${path} (NO_AUTH)`, hint: expect.stringContaining('svc acl show') }
      await expect(group.update(worker.uuid ?? '', { status: 'disabled', disabledReason: 'x' })).rejects.toMatchObject(refusal)
      await expect(group.delete(worker.uuid ?? '', { force: true })).rejects.toMatchObject({ code: 'not_allowed' })
      const { code, stderr } = await scene.store.svc(['disable', 'indexer@h1', '--reason', 'x', '--yes'], { SVC_BACKEND: scene.url('worker') })
      expect(code).toBe(4)
      expect(stderr).toContain(`'worker'`)
      expect(stderr).not.toContain(passwords.worker)
      const done = await scene.store.svc(['disable', 'indexer@h1', '--reason', 'x', '--yes'], { SVC_BACKEND: scene.url('admin') })
      expect(done.code).toBe(0)
      expect((await group.getOne(worker.uuid ?? '')).service).toMatchObject({ status: 'disabled' })
    } finally {
      await group.close()
    }
    expect((await scene.store.svc(['delete', 'indexer@h1', '--yes'], { SVC_BACKEND: scene.url('admin') })).code).toBe(0)
  })

  test.each([undefined, 'other'] as const)('user %s can neither list, nor join, nor see the policy', async (user) => {
    const group = await openServiceGroup(scene.url(user))
    try {
      await expect(group.groups()).rejects.toMatchObject({ code: 'not_allowed' })
      await expect(group.join({ group: 'vitrage', name: 'a' })).rejects.toMatchObject({ code: 'not_allowed', message: expect.stringContaining(user === undefined ? 'a session without a user' : `'${user}'`) })
    } finally {
      await group.close()
    }
    const { code, stdout } = await scene.store.svc(['acl', 'show'], { SVC_BACKEND: scene.url(user) })
    expect([code, stdout]).toEqual([4, ''])
    expect((await diagnose(scene.store, [], { SVC_BACKEND: scene.url(user) })).of('acl')).toMatchObject([{ status: 'fail', found: 'there is a policy, and this user is not in it' }])
  })

  test('everybody sees by svc acl show and svc doctor what they are; no hash is shown', async () => {
    const group = await openServiceGroup(scene.url('worker'))
    try {
      await group.join({ group: 'vitrage', name: 'a', type: 'indexer', hostname: 'h1' })
      const worker = await scene.store.svc(['acl', 'show'], { SVC_BACKEND: scene.url('worker') })
      expect(worker.code).toBe(0)
      expect(worker.stdout).toContain('digest:worker is a worker')
      expect(worker.stdout).toContain(`${scene.own('outbox')}: 2 nodes as the policy says, 1 of them hidden from this user`)
      expect(worker.stdout).not.toMatch(/digest:\w+:/)
      expect((await diagnose(scene.store, [], { SVC_BACKEND: scene.url('admin') })).of('acl').map(({ status, found }) => [status, found])).toEqual([
        ['ok', 'administrators: digest:admin; workers: digest:worker'],
        ['ok', 'digest:admin is an administrator, and may do everything'],
      ])
      await using zk = scene.raw('admin')
      await zk.setAcl(scene.own('gates'), [{ permissions: 31, scheme: 'world', id: 'anyone' }])
      expect(await scene.warnings('admin')).toEqual([`${scene.own('gates')}: 2 nodes, 1 with another ACL, as ${scene.own('gates')}`])
      expect((await scene.set()).stdout).toContain('; 1 node changed, ')
      expect(await scene.warnings('admin')).toEqual([])
    } finally {
      await group.close()
    }
  })

  test('a worker registers beside a full outbox, and an administrator makes the room', async () => {
    await using admin = scene.raw('admin')
    await Promise.all(Array.from({ length: 100 }, () => admin.multi(Array.from({ length: 100 }, () => ({ op: 'create', path: scene.own('outbox/old-'), mode: 'persistent_sequential' } as const)))))
    const group = await openServiceGroup(scene.url('worker'))
    try {
      const { worker } = await group.join({ group: 'vitrage', name: 'a', type: 'indexer', hostname: 'h1' })
      expect((await admin.getChildren(scene.own('outbox'))).children).toHaveLength(10_001)
      const admins = await openServiceGroup(scene.url('admin'))
      await admins.update(worker.uuid ?? '', { status: 'disabled', disabledReason: 'x' })
      await admins.close()
      expect((await admin.getChildren(scene.own('outbox'))).children).toHaveLength(10_001 - 90 + 1)
    } finally {
      await group.close()
    }
  }, 60_000)

  test('unset opens everything, and the next session goes by the URL again', async () => {
    const before = await openServiceGroup(scene.url('worker'))
    await before.join({ group: 'vitrage', name: 'a', type: 'indexer', hostname: 'h1' })
    await before.close()
    expect((await scene.store.svc(['acl', 'unset', '--yes'], { SVC_BACKEND: scene.url('worker') })).code).toBe(4)
    expect(await scene.warnings('admin')).toEqual([])
    expect((await scene.store.svc(['acl', 'unset', '--yes'], { SVC_BACKEND: scene.url('admin') })).code).toBe(0)
    expect(await scene.warnings()).toEqual(['there is none: nodes are for everybody, or for the user alone who made them'])
    const group = await openServiceGroup(scene.url())
    try {
      const { worker } = await group.join({ group: 'vitrage', name: 'b', type: 'indexer', hostname: 'h1' })
      expect((await group.update(worker.uuid ?? '', { status: 'disabled', disabledReason: 'x' })).status).toBe('disabled')
    } finally {
      await group.close()
    }
    expect((await scene.store.svc(['acl', 'unset', '--yes'], { SVC_BACKEND: scene.url() })).stdout).toBe('0 nodes opened to everybody\n')
  })
})

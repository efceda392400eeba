import { setTimeout as delay } from 'node:timers/promises'

import { expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import { openServiceGroup } from '@muster/servicegroup'
import { startFaultProxy } from '@muster/testkit'

import { passwords, setTheAclScene, timeoutMs } from './acl-scene.js'

const scene = setTheAclScene()

test('workers that joined without a user stay, their nodes are set, and only new sessions need the user', async () => {
  const anonymous = await openServiceGroup(scene.url())
  const { worker } = await anonymous.join({ group: 'vitrage', name: 'a', type: 'indexer', hostname: 'h1' })
  const dry = await scene.store.svc(['acl', 'set', '--dry-run', '--worker-file', scene.workerFile], { SVC_BACKEND: scene.url('admin') })
  expect(dry.stdout).toMatch(/; [1-9]\d* nodes would be changed\n$/)
  expect(await scene.warnings()).toEqual([expect.stringContaining('there is none')])
  expect((await scene.set()).code).toBe(0)
  expect(await scene.warnings('admin')).toEqual([])
  const workers = await openServiceGroup(scene.url('worker'))
  try {
    expect((await workers.workers()).map(({ name }) => name)).toEqual(['a'])
    expect((await workers.join({ group: 'vitrage', name: 'b', type: 'indexer', hostname: 'h1' })).worker.uuid).toBe(worker.uuid)
    await expect(anonymous.join({ group: 'vitrage', name: 'c', type: 'indexer', hostname: 'h1' })).rejects.toMatchObject({ code: 'not_allowed' })
  } finally {
    await workers.close()
    await anonymous.close()
  }
  expect(await scene.warnings('admin')).toEqual([])
})

test('what the workers\' user has made is set with that user\'s password too; without it all else is, and the rest is named', async () => {
  const workers = await openServiceGroup(scene.url('worker'))
  try {
    await workers.join({ group: 'vitrage', name: 'a', type: 'indexer', hostname: 'h1' })
    const alone = await scene.set()
    expect(alone.code).toBe(4)
    expect(alone.stderr).toContain('auth_file')
    const both = await scene.set('admin', `&auth_file=${scene.workerFile}`)
    expect({ code: both.code, stderr: both.stderr }).toEqual({ code: 0, stderr: '' })
    expect(await scene.warnings('admin')).toEqual([])
  } finally {
    await workers.close()
  }
})

test('a session that was open before goes by the policy at most one session timeout later', async () => {
  const coordinator = await openCoordinator(scene.url('worker'), { memberId: 'w' })
  await using admin = scene.raw('admin')
  try {
    await coordinator.joinGroupCreate('vitrage')
    expect((await scene.set('admin', `&auth_file=${scene.workerFile}`)).code).toBe(0)
    const deadline = performance.now() + timeoutMs
    for (let number = 1, isDeadlineOver = false; ; number += 1) {
      const name = `lock-${number}`
      isDeadlineOver = performance.now() > deadline // before the lock is asked for
      await (await coordinator.getLock(name).acquire({ timeoutMs: 1000 })).release()
      const acl = await admin.getAcl(scene.shared(`locks/${name}`)).catch(() => undefined)
      if (acl?.some(({ id }) => id.startsWith('admin:'))) break
      expect(isDeadlineOver).toBe(false)
      await delay(100)
    }
  } finally {
    await coordinator.close()
  }
}, 30_000)

test('a worker that was there before is made anew by the policy when it rejoins', async () => {
  await using proxy = await startFaultProxy(scene.server.endpoint)
  await using admin = scene.raw('admin')
  const workers = await openServiceGroup(scene.url('worker', '', proxy.endpoint))
  try {
    const membership = await workers.join({ group: 'vitrage', name: 'a', type: 'indexer', hostname: 'h1' })
    const member = scene.shared(`vitrage/${membership.worker.memberId}`)
    expect((await scene.set('admin', `&auth_file=${scene.workerFile}`)).code).toBe(0)
    const states = membership.states()[Symbol.asyncIterator]()
    const until = async (wanted: string): Promise<void> => {
      for (let state; state !== wanted; ) state = (await states.next()).value as string
    }
    await until('joined')
    proxy.suspend()
    await until('rejoining')
    proxy.resume()
    await until('joined')
    expect(membership.worker.incarnation).toBe(2)
    expect((await admin.getAcl(member)).map(({ permissions, id }) => [permissions, id.split(':')[0]])).toEqual([[31, 'admin'], [15, 'worker']])
    expect(await scene.warnings('admin')).toEqual([])
  } finally {
    await workers.close()
  }
}, 60_000)

test('a policy that cannot be read is followed by nobody, and set anew by an administrator', async () => {
  expect((await scene.set()).code).toBe(0)
  await using admin = scene.raw('admin')
  await admin.setData(scene.own('meta/acl'), Buffer.from('{"v":2}'))
  const workers = await openServiceGroup(scene.url('worker'))
  try {
    await expect(workers.join({ group: 'vitrage', name: 'a' })).rejects.toMatchObject({ code: 'not_supported', hint: expect.stringContaining('svc acl set') })
    expect((await scene.set()).code).toBe(0)
    expect((await workers.join({ group: 'vitrage', name: 'a' })).state).toBe('joined')
  } finally {
    await workers.close()
  }
})

test('set is killed in the middle of ten thousand services, and goes on when it is called again', async () => {
  await using zk = scene.raw()
  await zk.create(`/muster`).catch(() => undefined)
  await zk.create(scene.root)
  await zk.create(scene.own('services'))
  const keys = Array.from({ length: 10_000 }, (_, index) => `s${String(index).padStart(5, '0')}`)
  for (let at = 0; at < keys.length; at += 100) await zk.multi(keys.slice(at, at + 100).map((key) => ({ op: 'create', path: scene.own(`services/${key}`) })))
  await using admin = scene.raw('admin')
  const countSet = async (): Promise<number> => (await Promise.all(keys.map((key) => admin.exists(scene.own(`services/${key}`))))).filter((stat) => (stat?.aversion ?? 0) > 0).length
  await using running = scene.store.start(['acl', 'set', '--worker-file', scene.workerFile, '--yes'], { SVC_BACKEND: scene.url('admin') })
  let done = 0
  while (done === 0) done = await countSet()
  running.signal('SIGKILL')
  await running.exited
  done = await countSet()
  expect(done).toBeGreaterThan(0)
  expect(done).toBeLessThan(10_000)
  expect(await scene.warnings('admin')).toEqual([expect.stringContaining(`${scene.own('services')}: 10001 nodes, ${10_000 - done} with another ACL`)])
  const startedAt = performance.now()
  expect((await scene.set()).stdout).toContain(`; ${10_000 - done} nodes changed, `)
  expect(performance.now() - startedAt).toBeLessThan(20_000)
  expect(await scene.warnings('admin')).toEqual([])
}, 90_000)

test.each([
  [['acl', 'set', '--worker-file', 'WORKERS', '--yes'], undefined, 64, 'Who is the administrator?'],
  [['acl', 'set', '--yes'], 'admin', 64, 'Who are the workers?'],
  [['acl', 'set', '--worker-file', 'WORKERS', '--yes'], 'worker', 64, 'The same user would be worker and administrator'],
  [['acl', 'set', '--worker', 'digest:worker:known-to-many', '--yes'], 'admin', 64, 'with the hash of USER:PASSWORD'],
  [['acl', 'set', '--worker', 'x509:CN=worker', '--yes'], 'admin', 64, 'authProvider'],
  [['acl', 'set', '--worker-file', 'WORKERS', '--admin', 'ip:10.1.2.3', '--yes'], undefined, 64, 'it would shut itself out'],
  [['acl', 'set', '--worker-file', 'WORKERS'], 'admin', 64, 'There is no terminal to ask on'],
] as const)('%j as %s is refused, and nothing is made', async (words, user, code, message) => {
  const result = await scene.store.svc([...words.map((word) => (word === 'WORKERS' ? scene.workerFile : word))], { SVC_BACKEND: scene.url(user) })
  expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) })
  expect(result.stderr).not.toContain(passwords.worker)
  await using zk = scene.raw()
  expect(await zk.exists(scene.root)).toBeUndefined()
})

test('the embedded store has no ACLs, and says what protects it', async () => {
  const { code, stderr } = await scene.store.svc(['acl', 'show'])
  expect(code).not.toBe(0)
  expect(stderr).toContain('the permissions of the file system')
})

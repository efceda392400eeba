import { expect, test } from '@jest/globals'
import { createClient, digestAcl, openAcl, Permission } from '@muster/zookeeper'
import type { WatchEvent, ZooKeeperClient } from '@muster/zookeeper'

import { freshPath, outcomeOf } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer()
const data = Buffer.from('data')

function clientOf(user: string, password: string): ZooKeeperClient {
  return createClient(all.server.endpoint, { auth: [{ scheme: 'digest', credential: `${user}:${password}` }], defaultAcl: digestAcl(user, password) })
}

/** How everything ends that can be done to a node. */
async function outcomesAt(zk: ZooKeeperClient, path: string): Promise<Record<string, string>> {
  const calls = {
    getData: zk.getData(path),
    getChildren: zk.getChildren(path),
    getMany: zk.getMany(['/', path]),
    getAcl: zk.getAcl(path),
    setData: zk.setData(path, data),
    create: zk.create(`${path}/child`),
    setAcl: zk.setAcl(path, openAcl),
  }
  const outcomes = await Promise.all(Object.entries(calls).map(async ([name, call]) => [name, await outcomeOf(call)] as const))
  return Object.fromEntries(outcomes)
}

test('a node with a digest ACL is its user\'s alone: others, those with a wrong password too, get NO_AUTH for every call', async () => {
  const path = freshPath()
  await using owner = clientOf('user', 'password')
  await using impostor = clientOf('user', 'guessed')
  await owner.create(path, { data })
  expect(await owner.getAcl(path)).toEqual(digestAcl('user', 'password'))
  for (const stranger of [all.zk, impostor]) {
    const outcomes = await outcomesAt(stranger, path)
    expect(outcomes).toEqual(Object.fromEntries(Object.keys(outcomes).map((name) => [name, 'NO_AUTH'])))
  }
  expect((await owner.getData(path)).stat.version).toBe(0)
  const own = await outcomesAt(owner, path)
  expect(own).toEqual(Object.fromEntries(Object.keys(own).map((name) => [name, 'done'])))
  expect(await outcomeOf(all.zk.getData(path))).toBe('done') // its owner has opened it
})

test('permissions are told apart: who may only read may not write, and who may not read the node may still ask whether it is there', async () => {
  const path = freshPath()
  await using owner = clientOf('user', 'password')
  const readable = [...digestAcl('user', 'password'), { permissions: Permission.READ, scheme: 'world', id: 'anyone' }]
  await owner.create(path, { data, acl: readable })
  expect(await owner.getAcl(path)).toEqual(readable)
  expect(await outcomesAt(all.zk, path)).toMatchObject({ getData: 'done', getChildren: 'done', getMany: 'done', setData: 'NO_AUTH', create: 'NO_AUTH', setAcl: 'NO_AUTH' })
  await owner.setAcl(path, digestAcl('user', 'password'))
  expect(await outcomeOf(all.zk.getData(path))).toBe('NO_AUTH')
  expect(await all.zk.exists(path)).toMatchObject({ aversion: 1 })
})

test('the digest of a password is the one that every other ZooKeeper client makes', () => {
  expect(digestAcl('super', 'admin')).toEqual([{ permissions: 31, scheme: 'digest', id: 'super:xQJmxLMiHGwaqBvst5y6rkB6HQs=' }])
})

test('a client whose credentials no server accepts is never connected for long, and its calls end', async () => {
  await using zk = createClient(all.server.endpoint, { sessionTimeoutMs: 1000, auth: [{ scheme: 'unheard-of', credential: 'x' }] })
  expect(await Promise.all([outcomeOf(zk.getData('/')), outcomeOf(zk.getChildren('/'))])).toEqual(['backend_unreachable', 'backend_unreachable'])
})

test('with a chroot every path in calls, names and events is below it', async () => {
  const base = freshPath()
  await all.zk.create(base)
  await using zk = createClient(`${all.server.endpoint}${base}`)
  const events: WatchEvent[] = []
  const onEvent = (event: WatchEvent): unknown => events.push(event)
  await zk.watch('/', { recursive: true, onEvent })
  await zk.getChildren('/', { watch: onEvent })
  expect((await zk.create('/a', { data })).path).toBe('/a')
  expect((await zk.create('/', { mode: 'persistent_sequential' })).path).toBe('/0000000001')
  const { results } = await zk.multi([{ op: 'create', path: '/a/b' }, { op: 'create', path: '/a/', mode: 'ephemeral_sequential' }])
  expect(results.map(({ path }) => path)).toEqual(['/a/b', '/a/0000000001'])
  await zk.setData('/', data)
  expect((await all.zk.getChildren(`${base}/a`)).children.sort()).toEqual(['0000000001', 'b'])
  const { nodes } = await zk.getMany(['/', '/a', '/c'])
  expect(nodes.map((node) => node?.data.toString())).toEqual(['data', 'data', undefined])
  expect(events.map(({ type, path }) => `${type} ${path}`)).toEqual(['children /', 'created /a', 'created /0000000001', 'created /a/b', 'created /a/0000000001', 'changed /'].sort((one, other) => order(one) - order(other)))
  function order(text: string): number {
    return ['created /a', 'children /', 'created /0000000001', 'created /a/b', 'created /a/0000000001', 'changed /'].indexOf(text)
  }
  await expect(zk.getData('/c')).rejects.toMatchObject({ code: 'NO_NODE', operation: 'getData /c' })
})

test('below a chroot that is not there every call is NO_NODE, until somebody makes it', async () => {
  const base = freshPath()
  await using zk = createClient(`${all.server.endpoint}${base}/deep`)
  await zk.connected()
  expect(await Promise.all([zk.create('/a'), zk.getData('/'), zk.getChildren('/'), zk.setData('/', data)].map((call) => outcomeOf(call)))).toEqual(['NO_NODE', 'NO_NODE', 'NO_NODE', 'NO_NODE'])
  expect([await zk.exists('/'), (await zk.getMany(['/', '/a'])).nodes]).toEqual([undefined, [undefined, undefined]])
  const made = new Promise<WatchEvent>((resolve) => void zk.watch('/', { recursive: true, onEvent: resolve }))
  await zk.sync()
  await all.zk.create(base)
  await all.zk.create(`${base}/deep`)
  expect(await made).toEqual({ type: 'created', path: '/' })
  expect((await zk.create('/a')).path).toBe('/a')
})

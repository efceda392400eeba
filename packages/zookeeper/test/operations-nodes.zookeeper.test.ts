import { expect, test } from '@jest/globals'
import { eventually } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'

import { freshPath, outcomeOf } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer({ javaProperties: { 'znode.container.checkIntervalMs': '1000' } })
const data = Buffer.from('data')

test('a node that was created is told with its Stat, the same that a read tells', async () => {
  const { zk } = all
  const path = freshPath()
  const before = Date.now()
  const { stat, zxid, path: created } = await zk.create(path, { data })
  expect(created).toBe(path)
  expect(stat).toMatchObject({ czxid: zxid, mzxid: zxid, pzxid: zxid, version: 0, cversion: 0, aversion: 0, ephemeralOwner: 0n, dataLength: 4, numChildren: 0 })
  expect(Math.abs(stat.ctime - before)).toBeLessThan(60_000)
  expect(await zk.exists(path)).toEqual(stat)
  const read = await zk.getData(path)
  expect([read.data.toString(), read.stat]).toEqual(['data', stat])
  const ephemeral = await zk.create(`${path}/ephemeral`, { mode: 'ephemeral' })
  expect(ephemeral.stat.ephemeralOwner).toBe(zk.sessionId)
  expect(await zk.getChildren(path)).toMatchObject({ children: ['ephemeral'], stat: { numChildren: 1, pzxid: ephemeral.zxid } })
})

test('what a server refuses is an error with its word, and nothing is done', async () => {
  const { zk } = all
  const path = freshPath()
  await zk.create(path)
  await zk.create(`${path}/ephemeral`, { mode: 'ephemeral' })
  expect(await outcomeOf(zk.create(path))).toBe('NODE_EXISTS')
  expect(await outcomeOf(zk.create(`${path}/a/b`))).toBe('NO_NODE')
  expect(await outcomeOf(zk.create(`${path}/ephemeral/child`))).toBe('NO_CHILDREN_FOR_EPHEMERALS')
  expect(await outcomeOf(zk.create(`${path}/b`, { acl: [] }))).toBe('INVALID_ACL')
  expect(await outcomeOf(zk.delete(path))).toBe('NOT_EMPTY')
  expect(await outcomeOf(zk.delete(`${path}/absent`))).toBe('NO_NODE')
  expect(await outcomeOf(zk.getData(`${path}/absent`))).toBe('NO_NODE')
  expect(await outcomeOf(zk.getChildren(`${path}/absent`))).toBe('NO_NODE')
  expect(await outcomeOf(zk.setData(`${path}/absent`, data))).toBe('NO_NODE')
  expect(await zk.exists(`${path}/absent`)).toBeUndefined()
  expect((await zk.getChildren(path)).children).toEqual(['ephemeral'])
})

test('a change of a version, 0 too, applies to that version alone; without one to any', async () => {
  const { zk } = all
  const path = freshPath()
  await zk.create(path)
  expect((await zk.setData(path, data, 0)).stat.version).toBe(1)
  expect(await outcomeOf(zk.setData(path, data, 0))).toBe('BAD_VERSION')
  expect(await outcomeOf(zk.delete(path, 0))).toBe('BAD_VERSION')
  expect((await zk.setData(path, data)).stat.version).toBe(2)
  await zk.delete(path, 2)
  expect(await zk.exists(path)).toBeUndefined()
})

test('the numbers of a directory end in ten digits, go on after deletes, and begin anew with a new directory', async () => {
  const { zk } = all
  const path = freshPath()
  await zk.create(path)
  const append = async (name: string): Promise<string> => (await zk.create(`${path}/${name}`, { mode: 'ephemeral_sequential' })).path.slice(path.length)
  expect(await Promise.all([append(''), append('lock-'), append('x')])).toEqual(['/0000000000', '/lock-0000000001', '/x0000000002'])
  await zk.delete(`${path}/x0000000002`)
  expect(await append('x')).toBe('/x0000000003')
  for (const name of (await zk.getChildren(path)).children) await zk.delete(`${path}/${name}`)
  expect(await append('')).toBe('/0000000004')
  await zk.multi([{ op: 'delete', path: `${path}/0000000004` }, { op: 'delete', path }, { op: 'create', path }])
  expect(await append('')).toBe('/0000000000')
})

test('a container goes after its last child, and a TTL node when nothing happened to it for so long', async () => {
  const { zk } = all
  const path = freshPath()
  await zk.create(path)
  await zk.create(`${path}/container`, { mode: 'container' })
  await zk.create(`${path}/container/child`)
  await zk.create(`${path}/parent`, { mode: 'ttl', ttlMs: 100 })
  await zk.create(`${path}/parent/child`, { mode: 'ttl', ttlMs: 60_000 })
  const { path: sequential } = await zk.create(`${path}/s-`, { mode: 'ttl_sequential', ttlMs: 100 })
  expect(sequential).toMatch(/s-\d{10}$/)
  const children = async (): Promise<string[]> => (await zk.getChildren(path)).children.sort()
  await eventually(async () => expect(await children()).toEqual(['container', 'parent']), { everyMs: 50 })
  await zk.multi([{ op: 'delete', path: `${path}/container/child` }, { op: 'delete', path: `${path}/parent/child` }])
  await eventually(async () => expect(await children()).toEqual([]), { everyMs: 50 })
  expect(await outcomeOf(zk.create(path, { mode: 'ttl' }))).toBe('invalid_argument')
  expect(await outcomeOf(zk.create(path, { mode: 'ttl', ttlMs: 0 }))).toBe('invalid_argument')
})

test.each([
  ['é', 'é'],
  ['spaces', ' with  spaces '],
  ['日本語', '日本語'],
  ['marks', 'quote"\'<>&%\\'],
  ['three dots', '...'],
  ['4096 letters', 'x'.repeat(4096)],
])('a node may be named by %s', async (_words, name) => {
  const { zk } = all
  const path = freshPath()
  await zk.create(path)
  expect((await zk.create(`${path}/${name}`, { data })).path).toBe(`${path}/${name}`)
  expect((await zk.getChildren(path)).children).toEqual([name])
  const { nodes } = await zk.getMany([`${path}/${name}`])
  expect(nodes.map((node) => node?.data.toString())).toEqual(['data'])
  await zk.delete(`${path}/${name}`)
})

test.each(['new\nline', 'tab\t', 'nul\0', '🦊', '\ud800', '\uffff'])('the name %j is refused by the server, as an error of that call alone', async (name) => {
  const { zk } = all
  const path = freshPath()
  await zk.create(path)
  const calls = [zk.create(`${path}/${name}`), zk.multi([{ op: 'create', path: `${path}/${name}` }]), zk.create(`${path}/${name}`, { mode: 'ephemeral_sequential' }), zk.create(`${path}/fine`)]
  const { epoch } = zk.state
  expect(await Promise.all(calls.map((call) => outcomeOf(call)))).toEqual(['BAD_ARGUMENTS', 'BAD_ARGUMENTS', 'BAD_ARGUMENTS', 'done'])
  expect(['done', 'BAD_ARGUMENTS']).toContain(await outcomeOf(zk.exists(`${path}/${name}`)))
  expect(zk.state).toEqual({ state: 'connected', epoch })
})

test.each(['.', '..', 'a/', '/a', './a'])('the name %j is no path: InvalidArgument for every call, and nothing is sent', async (name) => {
  const { zk } = all
  const path = `${freshPath()}/${name}`
  const calls = [zk.create(path), zk.delete(path), zk.setData(path, data), zk.exists(path), zk.getData(path), zk.getChildren(path), zk.getMany([path]), zk.getAcl(path), zk.setAcl(path, []), zk.sync(path), zk.watch(path, { recursive: true, onEvent: () => {} }), zk.getData(path, { watch: () => {} })]
  expect(await Promise.all(calls.map((call) => outcomeOf(call)))).toEqual(calls.map(() => 'invalid_argument'))
})

test('after a sync a client sees what another one was told to be done', async () => {
  const path = freshPath()
  await using other = createClient(all.server.endpoint)
  await all.zk.create(path)
  for (let version = 1; version <= 50; version += 1) {
    await all.zk.setData(path, data)
    const [, read] = await Promise.all([other.sync(path), other.getData(path)])
    expect(read.stat.version).toBe(version)
  }
  await other.sync(`${path}/absent`)
})

import { expect, test } from '@jest/globals'
import { createClient } from '@muster/zookeeper'
import type { MultiOp, WatchEvent } from '@muster/zookeeper'

import { freshPath, outcomeOf } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer()
const data = Buffer.from('data')

test('version 0 is a condition in a multi: check, setData and delete of it fail once the node has been changed', async () => {
  const { zk } = all
  const path = freshPath()
  await zk.create(path)
  const conditional: MultiOp[] = [
    { op: 'check', path, version: 0 },
    { op: 'setData', path, data, version: 0 },
    { op: 'delete', path, version: 0 },
  ]
  await zk.multi(conditional.slice(0, 1))
  const { results } = await zk.multi(conditional.slice(0, 2))
  expect(results).toEqual([{}, { stat: expect.objectContaining({ version: 1 }) }])
  for (const op of conditional) await expect(zk.multi([op])).rejects.toMatchObject({ code: 'BAD_VERSION', index: 0, operation: `${op.op} ${path}` })
  await zk.multi([{ op: 'check', path }, { op: 'setData', path, data }, { op: 'delete', path, version: 2 }])
  expect(await zk.exists(path)).toBeUndefined()
})

test('a multi that fails does nothing and names its wrong op, the first where several are wrong', async () => {
  const { zk } = all
  const path = freshPath()
  await zk.create(path)
  await zk.create(`${path}/taken`)
  const right: MultiOp[] = [
    { op: 'create', path: `${path}/new` },
    { op: 'setData', path, data },
    { op: 'delete', path: `${path}/taken` },
  ]
  const wrong: [MultiOp, string][] = [
    [{ op: 'create', path: `${path}/taken` }, 'NODE_EXISTS'],
    [{ op: 'create', path: `${path}/absent/child` }, 'NO_NODE'],
    [{ op: 'setData', path, data, version: 7 }, 'BAD_VERSION'],
    [{ op: 'setData', path: `${path}/absent`, data }, 'NO_NODE'],
    [{ op: 'delete', path }, 'NOT_EMPTY'],
    [{ op: 'delete', path: `${path}/absent` }, 'NO_NODE'],
    [{ op: 'check', path: `${path}/absent` }, 'NO_NODE'],
    [{ op: 'create', path: `${path}/new2`, acl: [] }, 'INVALID_ACL'],
  ]
  for (const [op, code] of wrong) {
    for (let index = 0; index <= 2; index += 1) {
      const ops = [...right.slice(0, index), op, ...right.slice(index), { op: 'check', path: `${path}/also-absent` } as const]
      await expect(zk.multi(ops)).rejects.toMatchObject({ name: 'ZooKeeperError', code, index, operation: `${op.op} ${op.path}` })
    }
  }
  expect((await zk.getChildren(path)).children).toEqual(['taken'])
  expect((await zk.getData(path)).stat.version).toBe(0)
})

test('one multi makes nodes of all modes, parents before children, all with its own zxid', async () => {
  const { zk } = all
  const path = freshPath()
  const modes = ['persistent', 'ephemeral', 'persistent_sequential', 'ephemeral_sequential', 'container', 'ttl', 'ttl_sequential'] as const
  const { results, zxid } = await zk.multi([
    { op: 'create', path },
    ...modes.map((mode) => ({ op: 'create' as const, path: `${path}/${mode}-`, mode, data: Buffer.from(mode), ...(mode.startsWith('ttl') ? { ttlMs: 60_000 } : {}) })),
    { op: 'create', path: `${path}/persistent-/below` },
  ])
  const created = results.map((result) => result.path ?? '')
  const sequence = modes.map((mode, index) => (mode.endsWith('sequential') ? `${mode}-000000000${index}` : `${mode}-`))
  expect(created).toEqual([path, ...sequence.map((name) => `${path}/${name}`), `${path}/persistent-/below`])
  const { nodes } = await zk.getMany(created)
  expect(nodes.map((node) => node?.stat.czxid)).toEqual(created.map(() => zxid))
  expect(nodes.slice(1, -1).map((node) => node?.data.toString())).toEqual([...modes])
  expect(nodes.map((node) => node?.stat.ephemeralOwner === zk.sessionId)).toEqual(created.map((name) => name.includes('ephemeral')))
})

test('watchers hear the ops of a multi in their order', async () => {
  const { zk } = all
  const path = freshPath()
  const events: WatchEvent[] = []
  await zk.create(path)
  await using other = createClient(all.server.endpoint)
  await other.watch(path, { recursive: true, onEvent: (event) => events.push(event) })
  await zk.multi([
    { op: 'create', path: `${path}/z` },
    { op: 'create', path: `${path}/a` },
    { op: 'setData', path: `${path}/z`, data },
    { op: 'create', path: `${path}/z/child` },
    { op: 'delete', path: `${path}/a` },
    { op: 'setData', path, data },
  ])
  await other.sync()
  expect(events.map(({ type, path: at }) => `${type} ${at.slice(path.length)}`)).toEqual(['created /z', 'created /a', 'changed /z', 'created /z/child', 'deleted /a', 'changed '])
})

test('delete and create of one path in one multi hand an ephemeral node over: the end of its former owner does not remove it', async () => {
  const { zk } = all
  const path = freshPath()
  const events: string[] = []
  await using former = createClient(all.server.endpoint)
  await former.create(path, { mode: 'ephemeral' })
  await zk.watch(path, { recursive: true, onEvent: ({ type }) => events.push(type) })
  const { zxid } = await zk.multi([{ op: 'delete', path, version: 0 }, { op: 'create', path, mode: 'ephemeral' }])
  expect(events).toEqual(['deleted', 'created'])
  await former.close()
  await zk.sync()
  expect(await zk.exists(path)).toMatchObject({ ephemeralOwner: zk.sessionId, czxid: zxid })
  expect(events).toEqual(['deleted', 'created'])
})

test('the sequence of a directory goes on within and after a multi', async () => {
  const { zk } = all
  const path = freshPath()
  await zk.create(path)
  const append: MultiOp = { op: 'create', path: `${path}/`, mode: 'persistent_sequential' }
  const { results } = await zk.multi([append, append, append])
  const { path: fourth } = await zk.create(`${path}/n`, { mode: 'persistent_sequential' })
  expect([...results.map((result) => result.path), fourth]).toEqual([`${path}/0000000000`, `${path}/0000000001`, `${path}/0000000002`, `${path}/n0000000003`])
})

test('a multi of nothing is nothing; one with a wrong path is InvalidArgument and not sent', async () => {
  const { zk } = all
  const path = freshPath()
  expect((await zk.multi([])).results).toEqual([])
  expect(await outcomeOf(zk.multi([{ op: 'create', path }, { op: 'delete', path: `${path}/..` }]))).toBe('invalid_argument')
  expect(await outcomeOf(zk.multi([{ op: 'create', path, mode: 'ttl' }]))).toBe('invalid_argument')
  expect(await zk.exists(path)).toBeUndefined()
})

import { expect, test } from '@jest/globals'
import { startFaultProxy } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'
import type { WatchEvent } from '@muster/zookeeper'

import { Following, freshPath, outcomeOf } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer()
const data = Buffer.from('data')

/** What watches have told, as `name: type path`. */
function listeners(): { readonly told: string[]; readonly by: (name: string) => (event: WatchEvent) => void } {
  const told: string[] = []
  return { told, by: (name) => ({ type, path }) => void told.push(`${name}: ${type} ${path}`) }
}

test('a one-shot watch tells the first change of what was read, once', async () => {
  const { zk } = all
  const path = freshPath()
  const { told, by } = listeners()
  expect(await zk.exists(path, { watch: by('absent') })).toBeUndefined()
  expect(await outcomeOf(zk.getData(path, { watch: by('never') }))).toBe('NO_NODE')
  expect(await outcomeOf(zk.getChildren(path, { watch: by('never') }))).toBe('NO_NODE')
  await zk.create(path)
  expect(told.splice(0)).toEqual([`absent: created ${path}`])
  await Promise.all([zk.getData(path, { watch: by('data') }), zk.exists(path, { watch: by('there') }), zk.getChildren(path, { watch: by('children') })])
  await zk.create(`${path}/a`)
  expect(told.splice(0)).toEqual([`children: children ${path}`])
  await zk.setData(path, data)
  expect(told.splice(0)).toEqual([`data: changed ${path}`, `there: changed ${path}`])
  await Promise.all([zk.getChildren(`${path}/a`, { watch: by('children') }), zk.getData(`${path}/a`, { watch: by('data') })])
  await zk.delete(`${path}/a`)
  await zk.create(`${path}/a`)
  await zk.delete(`${path}/a`)
  expect(told.sort()).toEqual([`children: deleted ${path}/a`, `data: deleted ${path}/a`])
})

test('on the node of a recursive watch a one-shot watch of its data is refused, one of its children harms nothing', async () => {
  const { zk } = all
  const path = freshPath()
  const { told, by } = listeners()
  await zk.create(path)
  const recursive = await zk.watch(path, { recursive: true, onEvent: by('recursive') })
  expect(await Promise.all([zk.getData(path, { watch: by('never') }), zk.exists(path, { watch: by('never') })].map((call) => outcomeOf(call)))).toEqual(['invalid_argument', 'invalid_argument'])
  await zk.getChildren(path, { watch: by('children') })
  await zk.create(`${path}/a`)
  await zk.create(`${path}/b`)
  await zk.setData(path, data)
  expect(told.splice(0).sort()).toEqual([`children: children ${path}`, `recursive: changed ${path}`, `recursive: created ${path}/a`, `recursive: created ${path}/b`])
  await recursive.close()
  await zk.getData(path, { watch: by('allowed') })
  await zk.setData(path, data)
  expect(told).toEqual([`allowed: changed ${path}`])
})

test('on the node of a persistent watch that is not recursive every one-shot watch is refused; an older one and it harm each other in no way', async () => {
  const { zk } = all
  const path = freshPath()
  const { told, by } = listeners()
  await zk.create(path)
  await Promise.all([zk.getData(path, { watch: by('older data') }), zk.getChildren(path, { watch: by('older children') })])
  await zk.watch(path, { recursive: false, onEvent: by('persistent') })
  const calls = [zk.getData(path, { watch: by('never') }), zk.exists(path, { watch: by('never') }), zk.getChildren(path, { watch: by('never') })]
  expect(await Promise.all(calls.map((call) => outcomeOf(call)))).toEqual(['invalid_argument', 'invalid_argument', 'invalid_argument'])
  for (const name of ['a', 'b']) {
    await zk.create(`${path}/${name}`)
    await zk.setData(path, data)
  }
  expect(told.filter((text) => text.startsWith('persistent'))).toEqual(['children', 'changed', 'children', 'changed'].map((type) => `persistent: ${type} ${path}`))
  expect(told.filter((text) => !text.startsWith('persistent'))).toEqual([`older children: children ${path}`, `older data: changed ${path}`])
})

test.each(['there', 'after a reconnect'])('one-shot watches of nodes below a recursive one, or older than it, and the recursive one itself harm each other in no way: %s', async (when) => {
  const path = freshPath()
  await using proxy = await startFaultProxy(all.server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 10_000 })
  const { told, by } = listeners()
  await zk.create(path)
  await zk.create(`${path}/a`)
  await zk.getData(path, { watch: by('older') })
  await zk.watch(path, { recursive: true, onEvent: by('recursive') })
  await Promise.all([zk.getData(`${path}/a`, { watch: by('data') }), zk.exists(`${path}/b`, { watch: by('absent') }), zk.getChildren(`${path}/a`, { watch: by('children') }), zk.getChildren(path, { watch: by('top') })])
  if (when !== 'there') {
    proxy.cut()
    await new Following(zk).reaches('connected 1')
  }
  const changes: (() => Promise<unknown>)[] = [() => zk.setData(path, data), () => zk.setData(`${path}/a`, data), () => zk.create(`${path}/a/deep`), () => zk.create(`${path}/b`), () => zk.delete(`${path}/a/deep`), () => zk.setData(`${path}/b`, data), () => zk.setData(`${path}/a`, data), () => zk.setData(path, data)]
  const events = [`changed ${path}`, `changed ${path}/a`, `created ${path}/a/deep`, `created ${path}/b`, `deleted ${path}/a/deep`, `changed ${path}/b`, `changed ${path}/a`, `changed ${path}`]
  for (const change of changes) await change()
  expect(told.filter((text) => text.startsWith('recursive'))).toEqual(events.map((event) => `recursive: ${event}`))
  expect(told.filter((text) => !text.startsWith('recursive')).sort()).toEqual([`absent: created ${path}/b`, `children: children ${path}/a`, `data: changed ${path}/a`, `older: changed ${path}`, `top: children ${path}`])
})

test('closing a persistent watch leaves the one-shot watches of its node alone, those that are just being set too', async () => {
  const { zk } = all
  const path = freshPath()
  const { told, by } = listeners()
  await zk.create(path)
  await zk.getData(path, { watch: by('set') })
  const plain = await zk.watch(path, { recursive: false, onEvent: by('persistent') })
  await plain.close()
  const recursive = await zk.watch(`${path}/a`, { recursive: true, onEvent: by('persistent') })
  await zk.create(`${path}/a`)
  await Promise.all([zk.getChildren(`${path}/a`, { watch: by('being set') }), recursive.close()])
  await zk.create(`${path}/a/b`)
  await zk.setData(path, data)
  expect(told).toEqual([`persistent: created ${path}/a`, `being set: children ${path}/a`, `set: changed ${path}`])
})

test('a one-shot watch of children is told whether the recursive watch of their node is older, younger, or gone again', async () => {
  const { zk } = all
  const path = freshPath()
  const { told, by } = listeners()
  const watchRecursively = (): ReturnType<typeof zk.watch> => zk.watch(path, { recursive: true, onEvent: () => {} })
  await zk.create(path)
  const older = await watchRecursively()
  await zk.getChildren(path, { watch: by('younger') })
  await zk.multi([{ op: 'create', path: `${path}/a` }, { op: 'create', path: `${path}/b` }])
  await older.close()
  await zk.getChildren(path, { watch: by('older') })
  const younger = await watchRecursively()
  await zk.delete(`${path}/a`)
  await zk.getChildren(path, { watch: by('left') })
  await younger.close()
  await zk.delete(`${path}/b`)
  await zk.create(`${path}/b`)
  expect(told).toEqual([`younger: children ${path}`, `older: children ${path}`, `left: children ${path}`])
})

test('what a one-shot watch waits for is told once although it happened while no server was there, and in the next session', async () => {
  const path = freshPath()
  await using proxy = await startFaultProxy(all.server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 1000 })
  const following = new Following(zk)
  const { told, by } = listeners()
  for (const name of ['', '/a', '/b', '/c']) await all.zk.create(`${path}${name}`)
  const watchAll = (): Promise<unknown> => Promise.all([zk.getData(`${path}/a`, { watch: by('data') }), zk.exists(`${path}/new`, { watch: by('absent') }), zk.getChildren(`${path}/b`, { watch: by('children') }), zk.exists(`${path}/c`, { watch: by('there') })])
  const changeAll = async (): Promise<void> => {
    await all.zk.setData(`${path}/a`, data)
    await all.zk.create(`${path}/new`)
    await all.zk.create(`${path}/b/child`)
    await all.zk.delete(`${path}/c`)
  }
  const expected = [`absent: created ${path}/new`, `children: children ${path}/b`, `data: changed ${path}/a`, `there: deleted ${path}/c`]
  await watchAll()
  await proxy.refuse()
  await following.reaches('suspended 1')
  await changeAll()
  following.forget()
  await proxy.accept()
  await following.reaches('connected 1')
  await zk.sync()
  expect(told.splice(0).sort()).toEqual(expected)

  await all.zk.multi([{ op: 'delete', path: `${path}/new` }, { op: 'delete', path: `${path}/b/child` }, { op: 'create', path: `${path}/c` }])
  await zk.sync()
  expect(told).toEqual([])
  await watchAll()
  await proxy.refuse()
  await following.reaches('lost 1')
  await changeAll()
  await proxy.accept()
  await following.reaches('connected 2')
  await zk.sync()
  expect(told.sort()).toEqual(expected)
})

import { expect, test } from '@jest/globals'
import { createClient } from '@muster/zookeeper'
import type { Watch, WatchEvent, ZooKeeperClient } from '@muster/zookeeper'

import { freshPath, outcomeOf } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer()
const data = Buffer.from('data')

/** What a watch has told, as `type path` without the beginning that all paths have. */
function hear(path: string): { readonly told: string[]; readonly onEvent: (event: WatchEvent) => void } {
  const told: string[] = []
  return { told, onEvent: (event) => told.push(`${event.type} ${event.path.slice(path.length)}`) }
}

/** How many watches the server has, of all clients. */
async function watchesAtServer(): Promise<number> {
  return Number(/Total watches:(\d+)/.exec(await all.server.command('wchs'))?.[1])
}

async function watch(zk: ZooKeeperClient, path: string, recursive = true): Promise<{ told: string[]; watch: Watch }> {
  const { told, onEvent } = hear(path.replace(/\/[^/]*$/, ''))
  return { told, watch: await zk.watch(path, { recursive, onEvent }) }
}

test('a recursive watch tells every creation, change and deletion of its node and all below, in order, also before the node is there', async () => {
  const path = freshPath()
  const { told, watch: watching } = await watch(all.zk, path)
  await using other = createClient(all.server.endpoint)
  const expected: string[] = []
  const change = async (event: string, act: Promise<unknown>): Promise<void> => {
    await act
    expected.push(event)
  }
  await change(`created ${path}`, other.create(path))
  await change(`created ${path}/a`, other.create(`${path}/a`))
  await change(`changed ${path}/a`, other.setData(`${path}/a`, data))
  await change(`created ${path}/a/deep`, other.create(`${path}/a/deep`, { mode: 'ephemeral' }))
  await change(`changed ${path}`, other.setData(path, data))
  await change(`deleted ${path}/a/deep`, other.delete(`${path}/a/deep`))
  await change(`created ${path}/é b`, other.create(`${path}/é b`))
  await change(`deleted ${path}/a`, other.delete(`${path}/a`))
  await change(`deleted ${path}/é b`, other.delete(`${path}/é b`))
  await change(`deleted ${path}`, other.delete(path))
  await change(`created ${path}`, other.create(path))
  await other.create(`${path}-beside`)
  await all.zk.sync()
  expect(told).toEqual(expected)
  await watching.close()
})

test('own changes are told as well, before their own answers', async () => {
  const { zk } = all
  const path = freshPath()
  const { told, watch: watching } = await watch(zk, path)
  const lengths = await Promise.all([zk.create(path), zk.create(`${path}/a`), zk.setData(path, data), zk.delete(`${path}/a`)].map((call) => call.then(() => told.length)))
  expect(told).toEqual([`created ${path}`, `created ${path}/a`, `changed ${path}`, `deleted ${path}/a`])
  expect(lengths.map((length, index) => length > index)).toEqual([true, true, true, true])
  await watching.close()
})

test('several listeners of one path each hear all; the server forgets the watch with the last of them', async () => {
  const { zk } = all
  const path = freshPath()
  const before = await watchesAtServer()
  const [one, two] = [await watch(zk, path), await watch(zk, path)]
  await zk.create(path)
  await one.watch.close()
  await one.watch.close()
  await zk.setData(path, data)
  expect([one.told, two.told]).toEqual([[`created ${path}`], [`created ${path}`, `changed ${path}`]])
  expect(await watchesAtServer()).toBeGreaterThan(before)
  await two.watch.close()
  expect(await watchesAtServer()).toBe(before)
  const again = await watch(zk, path)
  await zk.delete(path)
  expect([one.told.length, two.told.length, again.told]).toEqual([1, 2, [`deleted ${path}`]])
  await again.watch.close()
  expect(await watchesAtServer()).toBe(before)
})

test('recursive watches within one another each tell an event once, and go one by one', async () => {
  const { zk } = all
  const path = freshPath()
  await zk.create(path)
  const [outer, inner, plain] = [await watch(zk, path), await watch(zk, `${path}/a/b`), await watch(zk, `${path}/a`, false)]
  await zk.create(`${path}/a`)
  await zk.create(`${path}/a/b`)
  await zk.setData(`${path}/a/b`, data)
  expect([outer.told, inner.told, plain.told]).toEqual([
    [`created ${path}/a`, `created ${path}/a/b`, `changed ${path}/a/b`],
    ['created /b', 'changed /b'],
    ['created /a', 'children /a'],
  ])
  await outer.watch.close()
  await zk.delete(`${path}/a/b`)
  expect([outer.told.length, inner.told.at(-1), plain.told.at(-1)]).toEqual([3, 'deleted /b', 'children /a'])
  await Promise.all([inner.watch.close(), plain.watch.close()])
})

test('a non-recursive watch tells the node itself and that its children are others, not which, nor anything below them', async () => {
  const { zk } = all
  const path = freshPath()
  const { told, watch: watching } = await watch(zk, path, false)
  await zk.create(path)
  await zk.create(`${path}/a`)
  await zk.setData(`${path}/a`, data)
  await zk.create(`${path}/a/b`)
  await zk.setData(path, data)
  await zk.multi([{ op: 'delete', path: `${path}/a/b` }, { op: 'delete', path: `${path}/a` }, { op: 'delete', path }])
  expect(told).toEqual([`created ${path}`, `children ${path}`, `changed ${path}`, `children ${path}`, `deleted ${path}`])
  await watching.close()
})

test('one path has one kind of watch: the other kind is InvalidArgument and harms nothing', async () => {
  const { zk } = all
  const path = freshPath()
  const first = await watch(zk, path)
  expect(await outcomeOf(watch(zk, path, false))).toBe('invalid_argument')
  await zk.create(path)
  expect(first.told).toEqual([`created ${path}`])
  await first.watch.close()
  const second = await watch(zk, path, false)
  expect(await outcomeOf(watch(zk, path))).toBe('invalid_argument')
  await second.watch.close()
})

test('a listener that throws costs nobody else anything', async () => {
  const path = freshPath()
  const errors: unknown[] = []
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (fields: unknown) => errors.push(fields) }
  await using zk = createClient(all.server.endpoint, { logger })
  const wrong = new Error('a listener of a test')
  const angry = (): never => {
    throw wrong
  }
  await zk.create(path)
  await zk.watch(path, { recursive: true, onEvent: angry })
  await zk.exists(`${path}/a`, { watch: angry })
  zk.onState(angry)
  const { told, watch: watching } = await watch(zk, path)
  const calls = [zk.create(`${path}/a`), zk.getData(path), zk.setData(path, data), zk.getChildren(path)]
  expect(await Promise.all(calls.map((call) => outcomeOf(call)))).toEqual(['done', 'done', 'done', 'done'])
  expect(told).toEqual([`created ${path}/a`, `changed ${path}`])
  expect(errors).toEqual([{ err: wrong }, { err: wrong }, { err: wrong }])
  await watching.close()
  expect(zk.state).toEqual({ state: 'connected', epoch: 1 })
})

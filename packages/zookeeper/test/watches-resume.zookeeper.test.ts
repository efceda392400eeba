import { expect, test } from '@jest/globals'
import { eventually, startFaultProxy } from '@muster/testkit'
import type { FaultProxy } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'
import type { Reads, ZooKeeperClient } from '@muster/zookeeper'

import { Following, freshPath, outcomeOf } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer()
const data = Buffer.from('data')

interface Scene extends AsyncDisposable {
  readonly zk: ZooKeeperClient
  readonly proxy: FaultProxy
  readonly path: string
  readonly following: Following
}

/** A client behind a proxy, and a node for the test. */
async function setScene(sessionTimeoutMs: number): Promise<Scene> {
  const path = freshPath()
  await all.zk.create(path)
  const proxy = await startFaultProxy(all.server.endpoint)
  const zk = createClient(proxy.endpoint, { sessionTimeoutMs })
  const following = new Following(zk)
  await zk.connected()
  following.forget()
  const end = async (): Promise<void> => {
    await zk.close()
    await proxy[Symbol.asyncDispose]()
  }
  return { zk, proxy, path, following, [Symbol.asyncDispose]: end }
}

test('a persistent watch goes on over a reconnect and over a new session; what was missed comes to onResume, once each time', async () => {
  await using scene = await setScene(1000)
  const { zk, proxy, path, following } = scene
  const told: string[] = []
  await zk.create(`${path}/own`, { mode: 'ephemeral' })
  await zk.watch(path, {
    recursive: true,
    onEvent: ({ type, path: at }) => told.push(`${type} ${at.slice(path.length)}`),
    onResume: async (reads) => void told.push(`resume ${zk.state.epoch} ${(await reads.getChildren(path)).children.sort().join()}`),
  })
  await all.zk.create(`${path}/a`)
  await zk.sync()
  expect(told.splice(0)).toEqual(['created /a'])

  await proxy.refuse()
  await following.reaches('suspended 1')
  await all.zk.create(`${path}/b`)
  await proxy.accept()
  await following.reaches('connected 1')
  await all.zk.create(`${path}/c`)
  await zk.sync()
  expect(told.filter((text) => text.startsWith('resume'))).toHaveLength(1)
  expect(told.splice(0).join(' ')).toMatch(/^(resume 1 a,b,own created \/c|(created \/c )?resume 1 a,b,c,own( created \/c)?)$/)

  await proxy.refuse()
  await following.reaches('lost 1')
  await all.zk.delete(`${path}/a`)
  await proxy.accept()
  await following.reaches('connected 2')
  await zk.setData(path, data)
  expect(told).toEqual(['resume 2 b,c', 'changed '])
})

test('the listings of those who watch go before the calls that wait, which go on when these are done', async () => {
  await using scene = await setScene(30_000)
  const { zk, proxy, path, following } = scene
  let goOn = (): void => {}
  const gate = new Promise<void>((resolve) => (goOn = resolve))
  const steps: string[] = []
  const list = (name: string) => async (reads: Reads): Promise<void> => {
    const { children } = await reads.getChildren(path)
    const { nodes } = await reads.getMany([path, `${path}/waiting-0`])
    steps.push(`${name}: ${children.length} children, ${nodes.filter((node) => node !== undefined).length} nodes`)
    await gate
  }
  await zk.watch(path, { recursive: true, onEvent: () => {}, onResume: list('one') })
  await zk.watch(path, { recursive: true, onEvent: ({ path: at }) => steps.push(at.slice(path.length)), onResume: list('two') })
  const closed = await zk.watch(path, { recursive: true, onEvent: () => {}, onResume: list('closed') })
  await closed.close()
  await proxy.refuse()
  await following.reaches('suspended 1')
  const waiting = Array.from({ length: 5000 }, (_, index) => zk.create(`${path}/waiting-${index}`))
  const done = Promise.all(waiting).then(() => steps.push('all done'))
  await proxy.accept()
  await eventually(() => expect(steps).toHaveLength(2))
  expect([steps.splice(0).sort(), zk.state.state]).toEqual([['one: 0 children, 1 nodes', 'two: 0 children, 1 nodes'], 'connected'])
  const later = zk.create(`${path}/later`).then(() => steps.push('later'))
  await all.zk.sync()
  expect((await all.zk.getChildren(path)).children).toEqual([])
  goOn()
  await Promise.all([done, later])
  expect(steps.slice(0, 5000)).toEqual(waiting.map((_, index) => `/waiting-${index}`))
  expect(steps.slice(5000).sort()).toEqual(['/later', 'all done', 'later'])
  expect(steps.indexOf('/later')).toBeLessThan(steps.indexOf('later')) // its own event comes before its answer
})

test('a listing that fails or does not end holds nobody up for long', async () => {
  await using scene = await setScene(1500)
  const { zk, proxy, path } = scene
  let asked = 0
  await zk.watch(path, {
    recursive: true,
    onEvent: () => {},
    onResume: () => {
      asked += 1
      throw new Error('a listing of a test')
    },
  })
  await zk.watch(path, { recursive: true, onEvent: () => {}, onResume: () => ((asked += 1), new Promise(() => {})) })
  proxy.cut()
  const outcomes = [zk.create(`${path}/a`), zk.getData(path)].map((call) => outcomeOf(call))
  expect([(await Promise.all(outcomes))[1], asked]).toEqual(['done', 2])
  expect(await outcomeOf(zk.create(`${path}/b`))).toBe('done')
})

test('a watch that is made while no server answers tells all from the moment it is there; one that is closed then is not set again', async () => {
  await using scene = await setScene(10_000)
  const { zk, proxy, path, following } = scene
  const told: string[] = []
  const early = await zk.watch(path, { recursive: true, onEvent: () => told.push('closed') })
  await proxy.refuse()
  await following.reaches('suspended 1')
  const late = zk.watch(`${path}/a`, { recursive: true, onEvent: ({ type }) => told.push(type), onResume: () => void told.push('resume') })
  await early.close()
  await proxy.accept()
  const watch = await late
  await all.zk.create(`${path}/a`)
  await zk.sync()
  expect(told.filter((text) => text !== 'resume')).toEqual(['created'])
  await watch.close()
  expect(await all.server.command('wchs')).toContain('Total watches:0')
})

test('watches, listings and calls all live through cuts at any moment: in the end every child is known, each once', async () => {
  await using scene = await setScene(2000)
  const { zk, proxy, path } = scene
  let known = new Set<string>()
  await zk.watch(path, {
    recursive: true,
    onEvent: ({ type, path: at }) => {
      if (type === 'created' && at !== path) known.add(at.slice(path.length + 1))
      if (type === 'deleted') known.delete(at.slice(path.length + 1))
    },
    onResume: async (reads) => {
      known = new Set((await reads.getChildren(path)).children)
    },
  })
  for (let round = 0; round < 12; round += 1) {
    proxy.cutAfter(1 + round * 13)
    const ops = Array.from({ length: 10 }, (_, index) => all.zk.create(`${path}/${round}-${index}`))
    await Promise.all([...ops, zk.getChildren(path), all.zk.delete(`${path}/${round}-3`)])
  }
  await zk.sync()
  expect([...known].sort()).toEqual((await all.zk.getChildren(path)).children.sort())
  expect(known.size).toBe(108)
})

import { performance } from 'node:perf_hooks'

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startFaultProxy, startZooKeeper } from '@muster/testkit'
import type { ZooKeeperServer } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'

import { Following, freshPath } from './following.js'

let server: ZooKeeperServer

beforeAll(async () => {
  server = await startZooKeeper()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

test('a server that is killed and started again: the same session with its nodes, its watches, and what was missed', async () => {
  const path = freshPath()
  await using proxy = await startFaultProxy(server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 20_000 })
  const following = new Following(zk)
  await zk.create(path)
  await zk.create(`${path}/me`, { mode: 'ephemeral' })
  const { sessionId } = zk
  const story: string[] = []
  await zk.watch(path, {
    recursive: true,
    onEvent: ({ type, path: at }) => story.push(`${type} ${at.slice(path.length)}`),
    onResume: async (reads) => {
      story.push(`listed ${(await reads.getChildren(path)).children.sort().join(' ')}`)
    },
  })
  await zk.create(`${path}-once`)
  await zk.getData(`${path}-once`, { watch: ({ type }) => story.push(`once ${type}`) })

  await proxy.refuse()
  await server.kill()
  await following.reaches('suspended 1')
  await server.start()
  await using other = createClient(server.endpoint)
  await other.setData(`${path}-once`, Buffer.from('missed'))
  await other.setData(`${path}/me`, Buffer.from('missed'))
  await other.create(`${path}/missed`)
  following.forget()
  await proxy.accept()
  await following.reaches('connected 1')
  await zk.create(`${path}/later`)

  expect(story).toEqual(['once changed', 'listed me missed', 'created /later'])
  expect(zk.sessionId).toBe(sessionId)
  expect((await zk.exists(`${path}/me`))?.ephemeralOwner).toBe(sessionId)
})

test('a server that lost its data and stands behind what the client has seen: lost, and then a new session, within bounded time', async () => {
  const timeoutMs = 1500
  const path = freshPath()
  await using zk = createClient(server.endpoint, { sessionTimeoutMs: timeoutMs })
  const following = new Following(zk)
  for (let change = 0; change < 20; change += 1) await zk.create(path, { mode: 'persistent_sequential' })
  await zk.create(path, { mode: 'ephemeral' })
  const resumed: string[] = []
  await zk.watch('/', { recursive: true, onEvent: ({ path: at }) => resumed.push(at), onResume: async (reads) => void resumed.push(...(await reads.getChildren('/')).children) })
  await server.kill()
  await server.wipe()
  await server.start()
  await following.reaches('lost 1')
  const lostAt = performance.now()
  await following.reaches('connected 2', timeoutMs + 3000)
  expect(performance.now() - lostAt).toBeLessThan(timeoutMs + 2000)
  expect(await zk.exists(path)).toBeUndefined()
  await zk.create(path, { mode: 'ephemeral', epoch: 2 })
  expect(resumed).toEqual(['zookeeper', path])
})

test('a server that lost its data and is ahead of what the client has seen: it says that the session is over, and a new one follows', async () => {
  await using proxy = await startFaultProxy(server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 20_000 })
  const following = new Following(zk)
  await zk.create('/mine', { mode: 'ephemeral' })
  const formerSession = zk.sessionId
  await proxy.refuse()
  await server.kill()
  await server.wipe()
  await server.start()
  await using other = createClient(server.endpoint)
  await Promise.all(Array.from({ length: 100 }, () => other.create('/ahead', { mode: 'persistent_sequential' })))
  const call = zk.exists('/mine')
  await proxy.accept()
  const lost = await following.reaches('lost 1')
  expect(lost.reason).toBe('the servers say that it is over')
  await following.reaches('connected 2')
  expect(await call).toBeUndefined()
  expect(zk.sessionId).not.toBe(formerSession)
  expect(following.names).toEqual(['connected 1', 'suspended 1', 'lost 1', 'connected 2'])
})

import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { eventually, spawnNode, startFaultProxy, startZooKeeper } from '@muster/testkit'
import type { ZooKeeperServer } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { Following, freshPath, outcomeOf } from './following.js'

const slackMs = 700 // of a busy machine
let server: ZooKeeperServer
let observer: ZooKeeperClient

beforeAll(async () => {
  server = await startZooKeeper()
  observer = createClient(server.endpoint, { sessionTimeoutMs: 20_000 })
})
afterAll(async () => {
  await observer.close()
  await server[Symbol.asyncDispose]()
})

/** Stops this process's event loop. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

test('a silent partition is noticed and the session given up by its own clock; every call ends; afterwards it is back in a new session', async () => {
  const timeoutMs = 1500
  const path = freshPath()
  await using proxy = await startFaultProxy(server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: timeoutMs })
  const following = new Following(zk)
  await zk.create(path)
  await zk.create(`${path}/me`, { mode: 'ephemeral' })
  const formerSession = zk.sessionId
  const before = { accepted: proxy.accepted, load: performance.eventLoopUtilization() }

  proxy.suspend()
  const sent = [outcomeOf(zk.create(`${path}/sent`)), outcomeOf(zk.getData(path))]
  const suspended = await following.reaches('suspended 1')
  const contactAt = suspended.trustedUntil - (timeoutMs * 2) / 3
  expect(suspended.at - contactAt).toBeGreaterThanOrEqual((timeoutMs * 2) / 3 - 1)
  expect(suspended.at - contactAt).toBeLessThan((timeoutMs * 3) / 4 + slackMs)
  const queued = [outcomeOf(zk.create(`${path}/queued`)), outcomeOf(zk.getChildren(path)), outcomeOf(zk.create(`${path}/bound`, { epoch: 1 }))]

  const lost = await following.reaches('lost 1')
  expect(lost.at - contactAt).toBeGreaterThanOrEqual(timeoutMs - 1)
  expect(lost.at - contactAt).toBeLessThan(timeoutMs + slackMs)
  expect(lost.trustedUntil).toBe(0)
  expect(await Promise.all(sent)).toEqual(['outcome_unknown', 'backend_unreachable'])
  expect(await Promise.all(queued)).toEqual(['backend_unreachable', 'backend_unreachable', 'session_lost'])
  expect(performance.eventLoopUtilization(before.load).utilization).toBeLessThan(0.5)
  expect(proxy.accepted - before.accepted).toBeLessThan(20)

  const left = new Promise((resolve) => zk.onState(({ state }) => state === 'connected' && resolve(observer.exists(`${path}/me`))))
  proxy.resume()
  await following.reaches('connected 2')
  expect(await left).toBeUndefined()
  expect(zk.sessionId).not.toBe(formerSession)
  await zk.create(`${path}/me`, { mode: 'ephemeral', epoch: 2 })
  expect(following.names).toEqual(['connected 1', 'suspended 1', 'lost 1', 'connected 2'])
})

test('half-open: when only the answers are lost, the session that the server still keeps is ended before the next one is told', async () => {
  const path = freshPath()
  await using proxy = await startFaultProxy(server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 1000 })
  const following = new Following(zk)
  await zk.create(path, { mode: 'ephemeral' })
  const formerSession = zk.sessionId

  proxy.pause('toClient')
  await following.reaches('suspended 1')
  await following.reaches('lost 1')
  expect((await observer.exists(path))?.ephemeralOwner).toBe(formerSession)

  const left = new Promise((resolve) => zk.onState(({ state }) => state === 'connected' && resolve(observer.exists(path))))
  proxy.resume()
  await following.reaches('connected 2')
  expect(await left).toBeUndefined()
  expect(following.names).toEqual(['connected 1', 'suspended 1', 'lost 1', 'connected 2'])
})

test('a short partition costs no session: suspended, and connected in the same epoch with the same nodes', async () => {
  const path = freshPath()
  await using proxy = await startFaultProxy(server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 2000 })
  const following = new Following(zk)
  await zk.create(path, { mode: 'ephemeral' })
  const { sessionId } = zk
  proxy.suspend()
  const suspended = await following.reaches('suspended 1')
  expect(suspended.reason).toContain('has not answered for')
  following.forget()
  proxy.resume()
  await following.reaches('connected 1')
  expect((await zk.exists(path))?.ephemeralOwner).toBe(sessionId)
})

test('a session that was given up ends although the answers of the servers do not arrive, where each new attempt would keep it alive', async () => {
  const path = freshPath()
  await using proxy = await startFaultProxy(server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 1000 })
  const following = new Following(zk)
  await zk.create(path, { mode: 'ephemeral' })
  proxy.pause('toClient')
  await following.reaches('lost 1')
  await eventually(async () => expect(await observer.exists(path)).toBeUndefined())
  proxy.resume()
  await following.reaches('connected 2')
})

test('a client that only ever receives keeps its session', async () => {
  const timeoutMs = 1000
  const path = freshPath()
  await using proxy = await startFaultProxy(server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: timeoutMs })
  const following = new Following(zk)
  await observer.create(path)
  let events = 0
  await zk.watch(path, { recursive: true, onEvent: () => (events += 1) })
  const sentBefore = proxy.bytes.toServer
  let changes = 0
  for (const until = performance.now() + 3.2 * timeoutMs; performance.now() < until; changes += 1) {
    await observer.setData(path, Buffer.of(changes % 256))
    await eventually(() => expect(events).toBe(changes + 1), { everyMs: 20 })
  }
  expect(changes).toBeGreaterThan(20)
  expect(proxy.bytes.toServer - sentBefore).toBeLessThan(50 * 12) // some pings of 12 bytes
  expect(following.names).toEqual(['connected 1'])
})

test('an event loop that stood still for less than the session timeout is no alarm', async () => {
  const timeoutMs = 3000
  const path = freshPath()
  await using zk = createClient(server.endpoint, { sessionTimeoutMs: timeoutMs })
  const following = new Following(zk)
  await zk.create(path, { mode: 'ephemeral' })
  const { sessionId } = zk
  block((timeoutMs * 3) / 4)
  expect(performance.now()).toBeGreaterThan(zk.trustedUntil())
  await eventually(() => expect(zk.trustedUntil()).toBeGreaterThan(performance.now()))
  expect((await zk.exists(path))?.ephemeralOwner).toBe(sessionId)
  expect(following.names).toEqual(['connected 1'])
})

test('an event loop that stood still for longer: whatever of the program runs first can know that nothing is to be trusted', async () => {
  const timeoutMs = 1000
  const path = freshPath()
  await using zk = createClient(server.endpoint, { sessionTimeoutMs: timeoutMs })
  const following = new Following(zk)
  await zk.create(path, { mode: 'ephemeral' })
  const answered = zk.getData(path).then(() => zk.trustedUntil())
  const timer = new Promise((resolve) => setTimeout(() => resolve(zk.trustedUntil()), 10))
  const immediate = await new Promise((resolve) =>
    setImmediate(() => {
      block(timeoutMs * 2.2)
      setImmediate(() => resolve(zk.trustedUntil()))
    }),
  )
  expect(await Promise.all([timer, immediate, answered])).toEqual([0, 0, 0])
  const connected = await following.reaches('connected 2')
  expect(connected.trustedUntil).toBeGreaterThan(0)
  expect(await zk.exists(path)).toBeUndefined()
  expect(following.names.filter((name) => !name.startsWith('suspended'))).toEqual(['connected 1', 'lost 1', 'connected 2'])
})

test('a wall clock that jumps changes nothing', async () => {
  await using child = spawnNode(fileURLToPath(new URL('clock-process.js', import.meta.url)), [server.endpoint])
  const [, states, yearsSeen] = await child.line(/^states: (.*); years: (.*)$/)
  expect(states).toBe('connected 1')
  expect(Number(yearsSeen)).toBeGreaterThan(4)
  expect(await child.exited).toEqual({ code: 0, signal: null })
})

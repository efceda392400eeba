import { performance } from 'node:perf_hooks'

import { expect, test } from '@jest/globals'
import { eventually } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'

import { FakeServer, frameOf, int, reply, welcome } from './fake-server.js'
import { Following, outcomeOf } from './following.js'

const closeSession = -11

test('whatever a server sends instead of the protocol: it is dialled again, ever more slowly, and costs no memory', async () => {
  const garbage: Record<string, Buffer | string> = {
    'a length of 2 GiB': Buffer.concat([int(0x7fff_ffff), Buffer.alloc(200_000)]),
    'that length and nothing more': int(0x7fff_ffff),
    'a banner': 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n',
    'a web page': `HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n${'<p>'.repeat(50_000)}`,
    'a negative length': Buffer.concat([int(-1), Buffer.alloc(100)]),
    'an empty frame': int(0),
    'a short frame': frameOf(int(0), Buffer.of(1, 2)),
    'a long welcome': frameOf(Buffer.alloc(100_000)),
    'half a welcome': welcome(1n, 1000).subarray(0, 20),
    'a welcome, then a short frame': Buffer.concat([welcome(1n, 1000), frameOf(int(7))]),
    'a welcome, then a negative length': Buffer.concat([welcome(1n, 1000), int(-5)]),
    'a welcome, then an answer to nothing': Buffer.concat([welcome(1n, 1000), reply(17)]),
    'a welcome, then an event without its end': Buffer.concat([welcome(1n, 1000), frameOf(int(-1), Buffer.alloc(12), int(1), int(3), int(500), Buffer.from('/x'))]),
  }
  const memoryBefore = process.memoryUsage().rss
  const results = await Promise.all(
    Object.entries(garbage).map(async ([name, greeting]) => {
      await using fake = await FakeServer.start({ greeting })
      await using zk = createClient(fake.endpoint, { sessionTimeoutMs: 2000 })
      return { name, outcome: await outcomeOf(zk.exists('/')), dialled: fake.connections }
    }),
  )
  for (const { name, outcome, dialled } of results) {
    expect([name, outcome]).toEqual([name, 'backend_unreachable'])
    expect([name, dialled > 1 && dialled < 16 ? 'now and then' : dialled]).toEqual([name, 'now and then'])
  }
  expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(64 * 1024 * 1024)
})

test('a server that pours out bytes for ever is left at once', async () => {
  const poured = Buffer.concat([int(0x7fff_ffff), Buffer.alloc(1024 * 1024)])
  await using fake = await FakeServer.start({
    greeting: poured,
    toHello: (_hello, socket) => {
      socket.on('drain', () => socket.write(poured))
      return poured
    },
  })
  const memoryBefore = process.memoryUsage().rss
  await using zk = createClient(fake.endpoint, { sessionTimeoutMs: 1000 })
  expect(await outcomeOf(zk.exists('/'))).toBe('backend_unreachable')
  expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(64 * 1024 * 1024)
})

test('a server that makes sessions and cuts each connection right after is dialled ever more slowly', async () => {
  await using fake = await FakeServer.start({
    toHello: ({ timeoutMs }, socket) => {
      setImmediate(() => socket.destroy())
      return welcome(7n, timeoutMs)
    },
  })
  await using zk = createClient(fake.endpoint, { sessionTimeoutMs: 4000 })
  const begin = performance.now()
  await eventually(() => expect(fake.connections).toBeGreaterThan(5))
  expect(performance.now() - begin).toBeGreaterThan(300) // without a pause it takes some 5 ms
  const { connections } = fake
  const pause = performance.now()
  await eventually(() => expect(fake.connections).toBe(connections + 1))
  expect(performance.now() - pause).toBeGreaterThan(100)
  expect(zk.state.epoch).toBe(1)
})

test('a server that cuts each new session and then says that it is over is dialled ever more slowly', async () => {
  await using fake = await FakeServer.start({
    toHello: ({ sessionId, timeoutMs }, socket) => {
      if (sessionId === 0n) setImmediate(() => socket.destroy())
      return sessionId === 0n ? welcome(7n, timeoutMs) : welcome(0n, 0)
    },
  })
  await using zk = createClient(fake.endpoint, { sessionTimeoutMs: 4000 })
  const begin = performance.now()
  await eventually(() => expect(fake.connections).toBeGreaterThan(12))
  expect(performance.now() - begin).toBeGreaterThan(500)
  expect(zk.state.state).not.toBe('closed')
})

test('a session that was silently replaced by another one is told as lost, and the other one as the next', async () => {
  let sessions = 0n
  await using fake = await FakeServer.start({
    toHello: ({ timeoutMs }) => welcome((sessions += 1n), timeoutMs),
    toRequest: reply,
  })
  await using zk = createClient(fake.endpoint, { sessionTimeoutMs: 5000 })
  const following = new Following(zk)
  await following.reaches('connected 1')
  expect(zk.sessionId).toBe(1n)
  fake.cut()
  await following.reaches('connected 2')
  expect(zk.sessionId).toBe(2n)
  expect(following.names).toEqual(['connected 1', 'suspended 1', 'lost 1', 'connected 2'])
  expect(await outcomeOf(zk.delete('/x', -1, { epoch: 1 }))).toBe('session_lost')
})

test('a server that says the session is over: lost, and then the next session', async () => {
  let known = 0n
  await using fake = await FakeServer.start({
    toHello: ({ sessionId, timeoutMs }) => (sessionId === 0n ? welcome((known += 1n), timeoutMs) : welcome(0n, 0)),
    toRequest: reply,
  })
  await using zk = createClient(fake.endpoint, { sessionTimeoutMs: 5000 })
  const following = new Following(zk)
  await following.reaches('connected 1')
  fake.cut()
  const lost = await following.reaches('lost 1')
  expect(lost.reason).toBe('the servers say that it is over')
  await following.reaches('connected 2')
  expect(following.names).toEqual(['connected 1', 'suspended 1', 'lost 1', 'connected 2'])
})

test('a server that falls silent while the former session is being ended is left like any other', async () => {
  let isSilent = false
  let ends = 0
  let sessions = 0n
  await using fake = await FakeServer.start({
    toHello: ({ sessionId, timeoutMs }) => (isSilent ? undefined : welcome(sessionId === 0n ? (sessions += 1n) : sessionId, timeoutMs)),
    toRequest: (xid, opcode) => {
      if (opcode === closeSession) ends += 1
      if (opcode === closeSession && ends === 1) isSilent = true
      return isSilent ? undefined : reply(xid)
    },
  })
  await using zk = createClient(fake.endpoint, { sessionTimeoutMs: 900 })
  const following = new Following(zk)
  await following.reaches('connected 1')
  isSilent = true
  await following.reaches('lost 1')
  isSilent = false
  await eventually(() => expect([ends, fake.open]).toEqual([1, 0])) // the deaf connection was given up
  isSilent = false
  await following.reaches('connected 2')
  expect(ends).toBe(2)
})

import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { freePort, spawnNode, startFaultProxy, startZooKeeper, within } from '@muster/testkit'
import type { NodeProcess, ZooKeeperServer } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

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

interface Report {
  readonly closed: readonly string[]
  readonly tookMs: number
  readonly calls: readonly string[]
  readonly state: string
  readonly trustedUntil: number
}

const closing = (...args: readonly string[]): NodeProcess => spawnNode(fileURLToPath(new URL('closing-process.js', import.meta.url)), args)
const nodeOf = async (child: NodeProcess): Promise<string> => `/closing-${(await child.line(/^ready (\d+)$/))[1] ?? ''}`

/** What the process says of the end of its client; it must then end by itself. */
async function reportOf(child: NodeProcess): Promise<Report> {
  const [report] = await child.line(/^\{.*\}$/)
  expect(await within(child.exited, 2000, 'the end of a process whose client is closed')).toEqual({ code: 0, signal: null })
  expect(child.stderr).toBe('')
  return JSON.parse(report) as Report
}

const allClosed = { closed: ['done', 'done'], calls: ['closed', 'closed', 'closed'], state: 'closed', trustedUntil: 0 }

test('closed right after it was made, or while nothing listens: at once, and every call ends', async () => {
  for (const endpoint of [server.endpoint, `127.0.0.1:${await freePort()}`]) {
    await using child = closing(endpoint, 'at once')
    const report = await reportOf(child)
    expect(report).toEqual({ ...allClosed, tookMs: expect.any(Number) })
    expect(report.tookMs).toBeLessThan(500)
  }
})

test('closed while a server accepts and says nothing: at once', async () => {
  await using proxy = await startFaultProxy(server.endpoint)
  proxy.silence()
  await using child = closing(proxy.endpoint, 'dialling')
  const report = await reportOf(child)
  expect(report).toEqual({ ...allClosed, tookMs: expect.any(Number) })
  expect(report.tookMs).toBeLessThan(500)
})

test('closed while connected: calls made before are answered, and its nodes are gone when it resolves', async () => {
  await using child = closing(server.endpoint, 'connected', 'owns')
  const node = await nodeOf(child)
  const report = await reportOf(child)
  expect(await observer.exists(node)).toBeUndefined()
  expect(report).toEqual({ ...allClosed, calls: ['done', 'done', 'closed'], tookMs: expect.any(Number) })
})

test('closed while suspended, without nodes of its own: at once', async () => {
  await using proxy = await startFaultProxy(server.endpoint)
  await using child = closing(proxy.endpoint, 'suspended')
  await nodeOf(child)
  await proxy.refuse()
  const report = await reportOf(child)
  expect(report).toEqual({ ...allClosed, tookMs: expect.any(Number) })
  expect(report.tookMs).toBeLessThan(500)
})

test('closed while suspended, with nodes of its own: it waits for a server, which removes them', async () => {
  await using proxy = await startFaultProxy(server.endpoint)
  await using child = closing(proxy.endpoint, 'told', 'owns')
  const node = await nodeOf(child)
  await proxy.refuse()
  child.signal('SIGUSR2')
  await proxy.accept()
  const report = await reportOf(child)
  expect(await observer.exists(node)).toBeUndefined()
  expect(report.closed).toEqual(['done', 'done'])
})

test.each(['suspended', 'lost'])('closed while %s, with nodes of its own and no server to be had: it says so after its time', async (state) => {
  await using proxy = await startFaultProxy(server.endpoint)
  await using child = closing(proxy.endpoint, state, 'owns', '400')
  await nodeOf(child)
  await proxy.refuse()
  const report = await reportOf(child)
  expect(report).toEqual({ ...allClosed, closed: ['operation_timed_out', 'operation_timed_out'], tookMs: expect.any(Number) })
  expect(report.tookMs).toBeLessThan(1500)
})

test('closed while lost, without nodes of its own: at once', async () => {
  await using proxy = await startFaultProxy(server.endpoint)
  await using child = closing(proxy.endpoint, 'lost')
  await nodeOf(child)
  await proxy.refuse()
  const report = await reportOf(child)
  expect(report).toEqual({ ...allClosed, tookMs: expect.any(Number) })
  expect(report.tookMs).toBeLessThan(500)
})

test.each([
  ['without nodes of its own', '', 'done'],
  ['with nodes of its own', 'owns', 'operation_timed_out'],
])('closed in a silent partition, %s: it takes no longer than its time, and what was sent has an outcome', async (_, owns, outcome) => {
  await using proxy = await startFaultProxy(server.endpoint)
  await using child = closing(proxy.endpoint, 'told', owns, '400')
  await nodeOf(child)
  proxy.suspend()
  child.signal('SIGUSR2')
  const report = await reportOf(child)
  expect(report).toEqual({ ...allClosed, closed: [outcome, outcome], calls: ['closed', 'outcome_unknown', 'closed'], tookMs: expect.any(Number) })
  expect(report.tookMs).toBeLessThan(1500)
})

import { eventually, freePort, startFaultProxy, startZooKeeper } from '@muster/testkit'
import type { FaultProxy, NodeProcess, ZooKeeperServer } from '@muster/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'

import { isAlive, Store } from './svc.js'

const timeoutMs = 6000
let server: ZooKeeperServer
let proxy: FaultProxy
let store: Store

beforeAll(async () => {
  server = await startZooKeeper()
  proxy = await startFaultProxy(server.endpoint)
  store = await Store.create()
}, 120_000)

beforeEach(async () => {
  proxy.resume()
  await proxy.accept()
})

afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
})

/** Says when it got TERM and what it does about it: ends after so many ms, or never. */
const job = `
process.on('SIGTERM', () => {
  console.log('got TERM')
  if (process.argv[1] !== 'never') setTimeout(() => process.exit(0), Number(process.argv[1]))
})
setInterval(() => {}, 1000)
console.log('pid ' + process.pid)`

/** Says whether the process of that id runs, as its first deed. */
const follower = `
let state = 'gone'
try { if (!/^State:\\s+[ZX]/m.test(require('node:fs').readFileSync('/proc/' + process.argv[1] + '/status', 'utf8'))) state = 'there' } catch {}
console.log('follows, the other one is ' + state)`

const cutOff = (): { SVC_BACKEND: string } => ({ SVC_BACKEND: `zookeeper://${proxy.endpoint}?timeout=${timeoutMs}ms` })
const direct = (): { SVC_BACKEND: string } => ({ SVC_BACKEND: `zookeeper://${server.endpoint}` })
const holders = async (...words: string[]): Promise<string> => (await store.svc(['locks', ...words, '-f', 'value', '-c', 'process_id', '-c', 'state'], direct())).stdout

interface Holder {
  readonly svc: NodeProcess
  readonly pid: number
}

async function hold(words: readonly string[], lasts: string): Promise<Holder> {
  const svc = store.start([...words, '--', process.execPath, '-e', job, lasts], cutOff())
  try {
    return { svc, pid: Number((await svc.line(/^pid (\d+)$/))[1]) }
  } catch (error) {
    await svc[Symbol.asyncDispose]()
    throw error
  }
}

const follow = (words: readonly string[], pid: number): NodeProcess => store.start([...words, '--', process.execPath, '-e', follower, String(pid)], direct())

const onLinux = process.platform === 'linux' ? test : test.skip

onLinux.each([
  ['lock', ['lock', 'disk'], "Lock 'disk'"],
  ['elect', ['elect', 'vitrage'], "The leadership of group 'vitrage'"],
])('cut off, svc %s ends a command that ignores TERM before its session is over; only then the next one runs', async (_, words, what) => {
  const { svc, pid } = await hold(words, 'never')
  await using first = svc
  await using second = follow(words, pid)
  await second.line(/^svc: waiting for/, { from: 'stderr' })
  proxy.suspend()
  const cutAt = performance.now()
  await first.line(/^got TERM$/)
  expect(performance.now() - cutAt).toBeGreaterThan(timeoutMs / 4) // 2/3 after the last answer, which is at most 1/3 old
  expect(isAlive(pid)).toBe(true)
  expect(await first.exited).toEqual({ code: 75, signal: null })
  expect(isAlive(pid)).toBe(false)
  expect(first.stderr).toBe(`svc: ${what} is held no more: Cannot reach the backend: no answer for 4000 ms, so that others may soon be let in; ending the command\nsvc: the command did not end within 1500 ms of TERM; sending KILL\n`)
  await second.line(/^follows, the other one is gone$/, { timeoutMs: 20_000 })
  expect(await second.exited).toEqual({ code: 0, signal: null })
}, 60_000)

test('a backend that is back before the command has ended at TERM lets nobody in until it has', async () => {
  const { svc, pid } = await hold(['lock', 'disk'], '1000')
  await using first = svc
  await using second = follow(['lock', 'disk'], pid)
  await second.line(/^svc: waiting for/, { from: 'stderr' })
  proxy.suspend()
  await first.line(/^got TERM$/)
  proxy.resume()
  await second.line(/^follows, the other one is gone$/)
  expect(await first.exited).toEqual({ code: 75, signal: null })
  expect(first.stderr).toMatch(/^svc: Lock 'disk' is held no more: .*; ending the command\n$/)
  expect(await second.exited).toEqual({ code: 0, signal: null })
}, 60_000)

onLinux('killed with KILL, svc takes its command along at once; the next one gets the lock when the session is over', async () => {
  const { svc, pid } = await hold(['lock', 'disk'], 'never')
  await using first = svc
  await using second = follow(['lock', 'disk'], pid)
  await second.line(/^svc: waiting for/, { from: 'stderr' })
  const killedAt = performance.now()
  first.signal('SIGKILL')
  await eventually(() => expect(isAlive(pid)).toBe(false))
  expect(performance.now() - killedAt).toBeLessThan(timeoutMs / 2) // long before its session is over
  await second.line(/^follows, the other one is gone$/, { timeoutMs: 20_000 })
  expect(await second.exited).toEqual({ code: 0, signal: null })
}, 60_000)

test('a lock is given back when the command ends, and a place in line on Ctrl-C: nobody is left', async () => {
  const { svc } = await hold(['lock', 'disk'], '0')
  await using first = svc
  await using second = store.start(['lock', 'disk', '--', 'true'], cutOff())
  await eventually(async () => expect(await holders('disk')).toBe(`held ${first.pid}\nwaiting ${second.pid}\n`))
  second.signal('SIGINT')
  expect(await second.exited).toEqual({ code: 130, signal: null })
  expect(await holders('disk')).toBe(`held ${first.pid}\n`)
  first.signal('SIGTERM')
  expect(await first.exited).toEqual({ code: 0, signal: null })
  expect(await holders()).toBe('')
}, 60_000)

test('a command that ends while ZooKeeper is silent: its status, within the bound of 3 s, and the lock goes with the session', async () => {
  const { svc } = await hold(['lock', 'disk'], '0')
  await using first = svc
  proxy.suspend()
  const toldAt = performance.now()
  first.signal('SIGTERM')
  expect(await first.exited).toEqual({ code: 0, signal: null })
  expect(performance.now() - toldAt).toBeLessThan(5000)
  expect(first.stderr).toMatch(/^svc: could not release lock 'disk': .*; it goes with its session\n$/)
  await eventually(async () => expect(await holders()).toBe(''), { timeoutMs: 20_000 })
}, 60_000)

test('where nobody answers: 69 for one try and at the deadline, for ever it waits, says so once, and goes on when somebody does', async () => {
  const port = await freePort()
  const nobody = { SVC_BACKEND: `zookeeper://127.0.0.1:${port}?timeout=2s` }
  expect(await store.svc(['lock', '--wait', '0', 'disk', '--', 'true'], nobody)).toMatchObject({ code: 69, stderr: expect.stringMatching(/^svc: Cannot reach ZooKeeper/) })
  expect(await store.svc(['lock', '--wait', '500ms', 'disk', '--', 'true'], nobody)).toMatchObject({ code: 69, stderr: 'svc: Cannot reach the backend: no answer while waiting for the lock\n' })
  await proxy.refuse()
  await using refused = store.start(['elect', 'vitrage', '--', 'echo', 'leads'], cutOff())
  await refused.line(/^svc: waiting for the leadership of group 'vitrage': the backend cannot be reached yet, trying on: /, { from: 'stderr' })
  await proxy.accept()
  await refused.line(/^leads$/)
  expect(await refused.exited).toEqual({ code: 0, signal: null })
  expect(refused.stderr.trim().split('\n')).toHaveLength(1)
}, 60_000)

test('svc leader -w tells a lost connection and the leaders of the time after it', async () => {
  await using watch = store.start(['leader', 'vitrage', '-w', '-f', 'json'], cutOff())
  await watch.line(/^\{"type":"leader","group":"vitrage","leader":null\}$/)
  proxy.suspend()
  await watch.line(/^\{"type":"connection","state":"suspended"/)
  await using leader = store.start(['elect', 'vitrage', '--', 'sleep', '60'], direct())
  await eventually(async () => expect((await store.svc(['leader', 'vitrage'], direct())).code).toBe(0))
  proxy.resume()
  await watch.line(/^\{"type":"connection","state":"connected"\}$/)
  await watch.line(new RegExp(`"process":${leader.pid}`))
  expect(watch.stderr).toBe('')
}, 60_000)

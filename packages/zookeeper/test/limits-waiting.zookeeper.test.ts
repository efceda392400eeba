import { expect, test } from '@jest/globals'
import { eventually, startFaultProxy } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'

import { Following, freshPath, outcomeOf } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer()
const data = Buffer.from('data')
const reason = new Error('enough')

test('calls made while no server answers end as BackendUnreachable after one session timeout, and are surely not done', async () => {
  const path = freshPath()
  await all.zk.create(path)
  await using proxy = await startFaultProxy(all.server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 1000 })
  await zk.connected()
  await proxy.refuse()
  await eventually(() => expect(zk.state.state).not.toBe('connected'))
  const begin = performance.now()
  const calls = [zk.create(`${path}/a`), zk.multi([{ op: 'create', path: `${path}/b` }]), zk.setData(path, data), zk.delete(path), zk.getData(path), zk.sync(), zk.create(`${path}/c`, { mode: 'ephemeral' })]
  expect(await Promise.all(calls.map((call) => outcomeOf(call)))).toEqual(calls.map(() => 'backend_unreachable'))
  const took = performance.now() - begin
  expect([took > 950, took < 3000]).toEqual([true, true])
  await proxy.accept()
  await zk.sync()
  expect(await zk.getData(path)).toMatchObject({ stat: { version: 0, cversion: 0 } })
})

test('a call whose signal is aborted already is not sent; one that waits is never sent; both end with the reason', async () => {
  const path = freshPath()
  await all.zk.create(path)
  await using proxy = await startFaultProxy(all.server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 20_000, maxInFlight: 1 })
  await zk.connected()
  await expect(zk.create(`${path}/early`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  proxy.pause('toClient')
  const { signal, abort } = aborting()
  const first = zk.create(`${path}/first`)
  const waiting = [zk.create(`${path}/a`, { signal }), zk.getData(path, { signal }), zk.getMany([path], { signal }), zk.watch(path, { recursive: true, onEvent: () => {}, signal }), zk.create(`${path}/b`, { mode: 'ephemeral', signal })]
  const later = zk.create(`${path}/later`)
  abort()
  expect(await Promise.all(waiting.map((call) => (call as Promise<unknown>).then(() => 'done', (error: unknown) => error)))).toEqual(waiting.map(() => reason))
  proxy.resume()
  await Promise.all([first, later])
  expect((await zk.getChildren(path)).children.sort()).toEqual(['first', 'later'])
  expect(await all.server.command('wchs')).toContain('Total watches:0')
})

test('aborted on its way a read ends with the reason and a change as OutcomeUnknown, and the calls after it get their own answers', async () => {
  const path = freshPath()
  await all.zk.create(path, { data })
  await using proxy = await startFaultProxy(all.server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 20_000 })
  await zk.connected()
  proxy.pause('toClient')
  const { signal, abort } = aborting()
  const calls = [zk.getData(path, { signal }), zk.create(`${path}/a`, { signal }), zk.multi([{ op: 'create', path: `${path}/b` }], { signal }), zk.exists(path, { signal, watch: () => {} })]
  const after = zk.getData(path)
  await eventually(async () => expect((await all.zk.getChildren(path)).children.sort()).toEqual(['a', 'b']))
  abort()
  const outcomes = await Promise.all(calls.map((call) => call.then(() => 'done', (error: unknown) => (error === reason ? 'the reason' : error))))
  expect(outcomes).toEqual(['the reason', expect.objectContaining({ code: 'outcome_unknown', cause: reason }), expect.objectContaining({ code: 'outcome_unknown' }), 'the reason'])
  proxy.resume()
  expect((await after).data.toString()).toBe('data')
  expect(zk.state.state).toBe('connected')
})

test('one signal serves any number of calls, and is left alone by those that are done', async () => {
  const path = freshPath()
  const warnings: Error[] = []
  const warn = (warning: Error): unknown => warnings.push(warning)
  process.on('warning', warn)
  await all.zk.create(path)
  const { signal, abort } = aborting()
  await Promise.all(Array.from({ length: 100 }, () => all.zk.getData(path, { signal })))
  await all.zk.getMany(Array.from({ length: 20_000 }, () => path), { signal })
  abort()
  await all.zk.sync()
  process.off('warning', warn)
  expect(warnings).toEqual([])
})

test('what is bound to a session that is over is SessionLost and never sent, whether it waited or came later; what is bound to the present one is done', async () => {
  const path = freshPath()
  await all.zk.create(path)
  await using proxy = await startFaultProxy(all.server.endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 1000 })
  const following = new Following(zk)
  await zk.create(`${path}/first`, { mode: 'ephemeral', epoch: 1 })
  await proxy.refuse()
  await following.reaches('suspended 1')
  const waiting = [zk.create(`${path}/a`, { epoch: 1 }), zk.delete(path, -1, { epoch: 1 }), zk.multi([{ op: 'create', path: `${path}/b` }], { epoch: 1 })]
  const future = outcomeOf(zk.setData(path, data, -1, { epoch: 2 }))
  const waitingOutcomes = Promise.all(waiting.map((call) => outcomeOf(call)))
  await following.reaches('lost 1')
  const meanwhile = outcomeOf(zk.create(`${path}/c`, { epoch: 1 }))
  await proxy.accept()
  await following.reaches('connected 2')
  expect([...(await waitingOutcomes), await future, await meanwhile]).toEqual(['session_lost', 'session_lost', 'session_lost', 'session_lost', 'session_lost'])
  await expect(zk.setData(path, data, -1, { epoch: 1 })).rejects.toMatchObject({ code: 'session_lost', epoch: 1 })
  await zk.create(`${path}/second`, { mode: 'ephemeral', epoch: 2 })
  expect((await zk.getChildren(path)).children).toEqual(['second'])
  expect(await zk.getData(path)).toMatchObject({ stat: { version: 0 } })
})

function aborting(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort(reason) }
}

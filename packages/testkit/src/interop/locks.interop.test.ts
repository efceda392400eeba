import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import type { Coordinator } from '@muster/coordination'

import { RemoteProcess } from '../remote-process.js'
import type { CoordinatorFunctions } from '../recipes/coordinator-process.js'
import { inLine } from '../recipes/players.js'
import { within } from '../within.js'
import { startFaultProxy } from '../zookeeper/fault-proxy/fault-proxy.js'
import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { soon } from './soon.js'
import { ToozProcess } from './tooz-process.js'
import type { KazooLock } from './tooz-process.js'

const patienceMs = 15_000
const sessionTimeoutMs = 2000
const kazooLocks: readonly KazooLock[] = ['Lock', 'ReadLock', 'WriteLock']

let server: ZooKeeperServer
let ours: Coordinator
let tooz: ToozProcess
let locks = 0
let lock: string

const url = (endpoint = server.endpoint): string => `zookeeper://${endpoint}?timeout=${sessionTimeoutMs / 1000}`
const startOurs = (endpoint?: string): RemoteProcess<CoordinatorFunctions> => new RemoteProcess<CoordinatorFunctions>(new URL('../recipes/coordinator-process.js', import.meta.url), [url(endpoint), 'ours-elsewhere'])

beforeAll(async () => {
  server = await startZooKeeper({ tickTimeMs: 200 })
}, 60_000)
beforeEach(async () => {
  lock = `lock ${(locks += 1)}`
  ours = await openCoordinator(url(), { memberId: 'ours' })
  tooz = await ToozProcess.start(url(), 'tooz')
})
afterEach(async () => {
  await tooz[Symbol.asyncDispose]()
  await ours.close()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

describe('a lock that both want', () => {
  test('ours first: tooz does not get it, waits, and has it when ours is released', async () => {
    const holding = await ours.getLock(lock).acquire()
    expect(await tooz.call('acquire', lock)).toBe(false)
    const second = tooz.call('acquire', lock, 10)
    await inLine(ours, lock, 2)
    expect((await ours.getLock(lock).contenders()).map(({ memberId, isHolder }) => [memberId, isHolder])).toEqual([['ours', true], ['tooz', false]])
    await holding.release()
    expect(await within(second, patienceMs, 'the turn of tooz')).toBe(true)
    expect(await tooz.call('is_still_owner', lock)).toBe(true)
  })

  test('tooz first: ours does not get it, waits, and has it when tooz releases, with a greater token', async () => {
    expect(await tooz.call('acquire', lock)).toBe(true)
    await expect(ours.getLock(lock).acquire({ timeoutMs: 0 })).rejects.toMatchObject({ code: 'lock_acquire_failed' })
    const waiting = ours.getLock(lock).acquire()
    await inLine(ours, lock, 2)
    const [first] = await ours.getLock(lock).contenders()
    await tooz.call('release', lock)
    const holding = await within(waiting, patienceMs, 'our turn')
    expect([holding.held, holding.fencingToken > (first?.fencingToken ?? 0n)]).toEqual([true, true])
    expect(await tooz.call('acquire', lock)).toBe(false)
  })

  test.each(kazooLocks)("kazoo's %s waits for ours, alone or shared, and ours for it", async (kind) => {
    for (const shared of [false, true]) {
      const holding = await ours.getLock(lock).acquire({ shared })
      expect(await tooz.call('acquire_in_kazoo', kind, lock)).toBe(false)
      const second = tooz.call('acquire_in_kazoo', kind, lock, 10)
      await inLine(ours, lock, 2)
      await holding.release()
      expect(await within(second, patienceMs, 'the turn of kazoo')).toBe(true)
      await expect(ours.getLock(lock).acquire({ timeoutMs: 0 })).rejects.toMatchObject({ code: 'lock_acquire_failed' })
      const waiting = ours.getLock(lock).acquire()
      await inLine(ours, lock, 2)
      await tooz.call('release', lock)
      await (await within(waiting, patienceMs, 'our turn')).release()
    }
  })

  test("ours shared is held along with kazoo's ReadLock, not with its Lock or WriteLock", async () => {
    for (const kind of kazooLocks) {
      expect(await tooz.call('acquire_in_kazoo', kind, lock)).toBe(true)
      const got = await ours.getLock(lock).acquire({ shared: true, timeoutMs: 0 }).then((holding) => holding.release().then(() => true), () => false)
      expect([kind, got]).toEqual([kind, kind === 'ReadLock'])
      await tooz.call('release', lock)
    }
  })

  test('a tooz holder that is killed is followed by ours, and a holder of ours that is killed by tooz', async () => {
    await using elsewhere = startOurs()
    expect(await tooz.call('acquire', lock)).toBe(true)
    const waiting = elsewhere.call('acquire', lock)
    await inLine(ours, lock, 2)
    await tooz.kill()
    await within(waiting, patienceMs, 'our turn')
    await using other = await ToozProcess.start(url(), 'another tooz')
    const third = other.call('acquire', lock, 10)
    await inLine(ours, lock, 2)
    await elsewhere.kill()
    expect(await within(third, patienceMs, 'the turn of tooz')).toBe(true)
  })

  test('a holder of ours that is cut off lets go before tooz has it', async () => {
    await using proxy = await startFaultProxy(server.endpoint)
    await using elsewhere = startOurs(proxy.endpoint)
    await elsewhere.call('acquire', lock)
    const second = tooz.call('acquire', lock, 10)
    await inLine(ours, lock, 2)
    let hasTooz = false
    const turn = second.then((got) => ((hasTooz = got), got))
    proxy.suspend()
    await within(elsewhere.call('ended', lock), patienceMs, 'the end of ours')
    expect(hasTooz).toBe(false)
    expect(await elsewhere.call('standing', lock)).toMatchObject({ held: false, aborted: true })
    expect(await within(turn, patienceMs, 'the turn of tooz')).toBe(true)
  })

  test('a holder of tooz that is cut off is followed by ours when its session is over', async () => {
    await using proxy = await startFaultProxy(server.endpoint)
    await using elsewhere = await ToozProcess.start(url(proxy.endpoint), 'tooz elsewhere')
    expect(await elsewhere.call('acquire', lock)).toBe(true)
    const waiting = ours.getLock(lock).acquire()
    await inLine(ours, lock, 2)
    proxy.suspend()
    expect((await within(waiting, patienceMs, 'our turn')).held).toBe(true)
    expect((await ours.getLock(lock).contenders()).map(({ memberId }) => memberId)).toEqual(['ours'])
  })

  test('tooz, asked to let go, is no owner any more, and is put out of the line', async () => {
    expect(await tooz.call('acquire', lock)).toBe(true)
    const broken = ours.getLock(lock).break('maintenance', { graceMs: 500 })
    await soon(async () => expect(await tooz.call('is_still_owner', lock)).toBe(false))
    expect(await broken).toBe(1)
    expect((await ours.getLock(lock).acquire({ timeoutMs: 0 })).held).toBe(true)
  })
})

describe('a leadership that both stand for', () => {
  let group: string

  beforeEach(async () => {
    group = `group ${locks}`
    await ours.createGroup(group)
  })

  test('ours first, then tooz, then ours: both sides name the same leader each time', async () => {
    const campaign = ours.campaign(group)
    await within(campaign.elected(), patienceMs, 'our election')
    await tooz.call('stand', group)
    expect((await tooz.call('get_leader', group))?.toString()).toBe('ours')
    expect((await ours.getLeader(group))?.memberId).toBe('ours')
    expect(tooz.events).toEqual([])
    expect(await ours.standDownGroupLeader(group)).toBe(true)
    await soon(() => expect(tooz.events).toEqual([['elected', group, 'tooz']]))
    expect((await ours.getLeader(group))?.memberId).toBe('tooz')
    const again = ours.campaign(group).elected()
    await tooz.kill()
    expect((await within(again, patienceMs, 'our second election')).held).toBe(true)
  })

  test('a leader of ours that is cut off leads no more before tooz does', async () => {
    await using proxy = await startFaultProxy(server.endpoint)
    await using elsewhere = startOurs(proxy.endpoint)
    await within(elsewhere.call('campaign', group), patienceMs, 'our election')
    await tooz.call('stand', group)
    proxy.suspend()
    await within(elsewhere.call('ended', group), patienceMs, 'the end of ours')
    expect(tooz.events).toEqual([])
    await soon(() => expect(tooz.events).toEqual([['elected', group, 'tooz']]))
    expect(await elsewhere.call('standing', group)).toMatchObject({ held: false })
  })

  test('a leader of ours that is killed is followed by tooz', async () => {
    await using elsewhere = startOurs()
    await within(elsewhere.call('campaign', group), patienceMs, 'our election')
    await tooz.call('stand', group)
    await elsewhere.kill()
    await soon(() => expect(tooz.events).toEqual([['elected', group, 'tooz']]))
    expect((await ours.getLeader(group))?.memberId).toBe('tooz')
  })
})

import { expect } from '@jest/globals'

import { bootTime } from '../boot-clock.js'
import { failsWith } from '../conformance/outcomes.js'
import { within } from '../within.js'
import type { Situation } from '../conformance/scene.js'
import { inLine, open, start } from './players.js'

const patienceMs = 15_000

export function lockLosses(situation: Situation): void {
  situation('a holder that is broken is told the reason, lets go, and only then the next one holds', async (scene) => {
    const [a, b, operator] = [await open(scene), await open(scene), await open(scene)]
    const holding = await a.getLock('disk').acquire()
    const waiting = b.getLock('disk').acquire()
    await inLine(a, 'disk', 2)
    let wasHeld: boolean | undefined
    const next = waiting.then((got) => ((wasHeld = holding.held), got))
    expect(await operator.getLock('disk').break('maintenance: größer')).toBe(1)
    expect(await within(holding.ended, patienceMs, 'the news')).toMatchObject({ code: 'lock_lost', message: "Lock 'disk' is held no more: asked to let go: maintenance: größer" })
    expect([(await within(next, patienceMs, 'the next one')).held, wasHeld]).toEqual([true, false])
    expect(await operator.getLock('nobody').break('nothing to do')).toBe(0)
  })

  situation('a holder that keeps its place when it is broken is followed by the next one when it has released, and not before', async (scene) => {
    const [a, b, operator] = [await open(scene), await open(scene), await open(scene)]
    const lock = await a.getLock('disk').acquire({ keepPlace: true })
    let isLet = false
    const waiting = b.getLock('disk').acquire().then((got) => ((isLet = true), got))
    await inLine(a, 'disk', 2)
    const broken = operator.getLock('disk').break('maintenance', { graceMs: 60_000 })
    expect(await within(lock.ended, patienceMs, 'the news')).toMatchObject({ code: 'lock_lost' })
    await operator.getGroups() // whatever was told has arrived
    expect([lock.held, isLet, (await operator.getLock('disk').contenders()).map(({ memberId }) => memberId)]).toEqual([false, false, [a.memberId, b.memberId]])
    await lock.release()
    expect(await broken).toBe(1)
    expect((await within(waiting, patienceMs, 'the next one')).held).toBe(true)
  })

  situation('tried once on a backend that has never answered, it is unreachable, and nobody waits', async (scene) => {
    await (await open(scene)).createGroup('g') // there is a store
    const outage = await scene.obstruct()
    const coordinator = await open(scene, { timeoutMs: scene.shortTimeoutMs })
    await failsWith(within(coordinator.getLock('disk').acquire({ timeoutMs: 0 }), patienceMs, 'the answer'), 'backend_unreachable')
    await outage[Symbol.asyncDispose]()
    expect((await within(coordinator.getLock('disk').acquire(), patienceMs, 'the lock')).held).toBe(true)
  })

  situation('all who share a lock are broken at once; a holder that does not answer is put out of the line', async (scene) => {
    const [a, operator] = [await open(scene), await open(scene)]
    const sharing = [await a.getLock('disk').acquire({ shared: true }), await a.getLock('disk').acquire({ shared: true })]
    const deaf = start(scene, { timeoutMs: 30_000 })
    await deaf.call('acquire', 'disk', { shared: true })
    deaf.process.signal('SIGSTOP')
    expect(await operator.getLock('disk').break('now', { graceMs: 300 })).toBe(3)
    expect(sharing.map(({ held }) => held)).toEqual([false, false])
    expect((await operator.getLock('disk').acquire({ timeoutMs: 0 })).held).toBe(true)
    deaf.process.signal('SIGCONT')
    expect((await within(deaf.call('ended', 'disk'), patienceMs, 'the news')).message).toContain('is held no more')
  })

  situation('a place in line that another hand removes is lost for its holder, and taken again by one who waits', async (scene) => {
    const [a, b] = [await open(scene), await open(scene)]
    const hand = await scene.open()
    const holding = await a.getLock('disk').acquire()
    const waiting = b.getLock('disk').acquire()
    await inLine(a, 'disk', 2)
    const [first, second] = (await hand.keys('locks/disk', { consistent: true })).sort((x, y) => (x.slice(-10) < y.slice(-10) ? -1 : 1))
    await hand.commit([{ op: 'delete', at: { collection: 'locks/disk', key: second ?? '' } }])
    await hand.commit([{ op: 'delete', at: { collection: 'locks/disk', key: first ?? '' } }])
    expect(await within(holding.ended, patienceMs, 'the news')).toMatchObject({ code: 'lock_lost' })
    expect((await within(waiting, patienceMs, 'the one who waits')).held).toBe(true)
  })

  situation('when the backend falls silent a holder lets go before its session can be over, and gets it again only by asking again', async (scene) => {
    const timeoutMs = scene.backend.shortTimeoutMs
    const holder = start(scene, { timeoutMs })
    await holder.call('acquire', 'disk')
    const outage = await scene.obstruct()
    const begunAt = bootTime()
    const { at, message } = await within(holder.call('ended', 'disk'), patienceMs, 'the end')
    expect(at - begunAt).toBeLessThanOrEqual(timeoutMs)
    expect(message).toContain("Lock 'disk' is held no more")
    expect(await holder.call('standing', 'disk')).toMatchObject({ held: false, aborted: true })
    const again = holder.call('acquire', 'again')
    await outage[Symbol.asyncDispose]()
    await within(again, patienceMs, 'another lock')
    expect(await holder.call('standing', 'disk')).toMatchObject({ held: false })
    expect(await within(holder.call('acquire', 'disk', { timeoutMs: patienceMs }), patienceMs, 'the lock')).toBeGreaterThan(0n)
  })

  situation('a process that was stopped does not believe for one look that it holds what it has lost', async (scene) => {
    const timeoutMs = scene.backend.shortTimeoutMs
    const [holder, other] = [start(scene, { timeoutMs }), await open(scene)]
    await holder.call('acquire', 'disk')
    const stopped = holder.call('stop', 'disk')
    const next = await within(other.getLock('disk').acquire(), patienceMs, 'the lock of a stopped process')
    holder.process.signal('SIGCONT')
    expect(await within(stopped, patienceMs, 'the first look')).toMatchObject({ held: false, aborted: true })
    expect(next.held).toBe(true)
  })

  situation('a holder that is killed is followed by the next one, and a waiter that is killed by nobody', async (scene) => {
    const timeoutMs = scene.backend.seesProcesses ? 60_000 : scene.backend.shortTimeoutMs
    const [holder, waiter, last] = [start(scene, { timeoutMs }), start(scene, { timeoutMs }), await open(scene)]
    await holder.call('acquire', 'disk')
    waiter.call('acquire', 'disk').catch(() => undefined)
    await inLine(last, 'disk', 2)
    let isHeld = false
    const waiting = last.getLock('disk').acquire().then((got) => ((isHeld = true), got))
    await inLine(last, 'disk', 3)
    await waiter.kill()
    await inLine(last, 'disk', 2)
    expect(isHeld).toBe(false)
    await holder.kill()
    expect((await within(waiting, patienceMs, 'the lock of a killed process')).held).toBe(true)
    await inLine(last, 'disk', 1)
  })

  situation('one who waits while its session is lost stands in line again by itself', async (scene) => {
    const timeoutMs = scene.backend.shortTimeoutMs
    const [holder, waiter] = [await open(scene), start(scene, { timeoutMs })]
    const holding = await holder.getLock('disk').acquire()
    const waiting = waiter.call('acquire', 'disk')
    await inLine(holder, 'disk', 2)
    waiter.process.signal('SIGSTOP')
    await inLine(holder, 'disk', 1) // its session is over
    waiter.process.signal('SIGCONT')
    await inLine(holder, 'disk', 2)
    await holding.release()
    await within(waiting, patienceMs, 'the lock')
    expect(await waiter.call('standing', 'disk')).toMatchObject({ held: true })
    await failsWith(holder.getLock('disk').acquire({ timeoutMs: 0 }), 'lock_acquire_failed')
  })
}

import { expect } from '@jest/globals'
import type { Coordinator, Holding } from '@muster/coordination'

import { failsWith, failureOf } from '../conformance/outcomes.js'
import { within } from '../within.js'
import type { Situation } from '../conformance/scene.js'
import { inLine, open } from './players.js'

const patienceMs = 10_000
const names = async (coordinator: Coordinator, lock: string): Promise<string[]> => (await coordinator.getLock(lock).contenders()).map(({ memberId, isHolder }) => `${memberId}${isHolder ? ' holds' : ''}`)

export function locks(situation: Situation): void {
  situation('one holder at a time, in the order in which they asked, each with a greater token', async (scene) => {
    const coordinators = [await open(scene), await open(scene), await open(scene)]
    const [first] = coordinators as [Coordinator]
    const order: number[] = []
    const tokens: bigint[] = []
    const holding = await first.getLock('disk').acquire()
    const waiting: Promise<void>[] = []
    for (const [index, coordinator] of coordinators.entries()) {
      waiting.push(
        coordinator.getLock('disk').acquire().then(async (next) => {
          order.push(index)
          tokens.push(next.fencingToken)
          expect(next.held).toBe(true)
          await next.release()
        }),
      )
      await inLine(first, 'disk', index + 2)
    }
    expect(order).toEqual([])
    await holding.release()
    await within(Promise.all(waiting), patienceMs, 'three turns')
    expect(order).toEqual([0, 1, 2])
    expect([holding.fencingToken, ...tokens]).toEqual([holding.fencingToken, ...tokens].sort((a, b) => (a < b ? -1 : 1)))
    expect(new Set(tokens).size).toBe(3)
    expect(await names(first, 'disk')).toEqual([])
  })

  situation('tried once: LockAcquireFailed while others have it, and nobody is left in line', async (scene) => {
    const [holder, other] = [await open(scene), await open(scene)]
    const lock = other.getLock('disk')
    await using holding = await holder.getLock('disk').acquire({ timeoutMs: 0 })
    await failsWith(lock.acquire({ timeoutMs: 0 }), 'lock_acquire_failed')
    expect(await names(other, 'disk')).toEqual(['member-1 holds'])
    await holding.release()
    expect((await lock.acquire({ timeoutMs: 0 })).held).toBe(true)
  })

  situation('a deadline or an abort ends the wait, and its place in line goes', async (scene) => {
    const [holder, other] = [await open(scene), await open(scene)]
    await using holding = await holder.getLock('disk').acquire()
    await failsWith(other.getLock('disk').acquire({ timeoutMs: 50 }), 'operation_timed_out')
    await inLine(holder, 'disk', 1)
    const abort = new AbortController()
    const waiting = failureOf(other.getLock('disk').acquire({ signal: abort.signal }))
    await inLine(holder, 'disk', 2)
    abort.abort(new Error('enough'))
    expect((await waiting).message).toBe('enough')
    await inLine(holder, 'disk', 1)
    expect((await failureOf(other.getLock('disk').acquire({ signal: AbortSignal.abort(new Error('never')) }))).message).toBe('never')
    expect(holding.held).toBe(true)
  })

  situation('those who give up in the middle of the line let nobody pass who is not next', async (scene) => {
    const [holder, leaver, last] = [await open(scene), await open(scene), await open(scene)]
    const holding = await holder.getLock('disk').acquire()
    const abort = new AbortController()
    const given = failureOf(leaver.getLock('disk').acquire({ signal: abort.signal }))
    await inLine(holder, 'disk', 2)
    let isHeld = false
    const waiting = last.getLock('disk').acquire().then((got) => ((isHeld = true), got))
    await inLine(holder, 'disk', 3)
    abort.abort()
    await given
    await inLine(holder, 'disk', 2)
    await last.getGroups() // whatever was told has arrived
    expect([isHeld, holding.held]).toEqual([false, true])
    await holding.release()
    expect((await within(waiting, patienceMs, 'the last one')).held).toBe(true)
  })

  situation('shared: those who share hold it together; one who wants it alone waits for all before it, and those behind wait for that one', async (scene) => {
    const [a, b, c, d] = [await open(scene), await open(scene), await open(scene), await open(scene)]
    const holdings = [await a.getLock('disk').acquire({ shared: true }), await b.getLock('disk').acquire({ shared: true })]
    const alone = c.getLock('disk').acquire()
    await inLine(a, 'disk', 3)
    await failsWith(d.getLock('disk').acquire({ shared: true, timeoutMs: 0 }), 'lock_acquire_failed')
    const behind = d.getLock('disk').acquire({ shared: true })
    await inLine(a, 'disk', 4)
    expect(await names(a, 'disk')).toEqual(['member-1 holds', 'member-2 holds', 'member-3', 'member-4'])
    for (const holding of holdings) {
      expect(holding.held).toBe(true)
      await holding.release()
    }
    const third = await within(alone, patienceMs, 'the one alone')
    expect(await names(a, 'disk')).toEqual(['member-3 holds', 'member-4'])
    await third.release()
    expect((await within(behind, patienceMs, 'the one behind')).held).toBe(true)
  })

  situation('what was released is not held, says so in its signal, and can be released again', async (scene) => {
    const coordinator = await open(scene)
    const holding = await coordinator.getLock('disk').acquire()
    expect([holding.held, holding.signal.aborted, holding.signal.reason]).toEqual([true, false, undefined])
    const released = holding.release()
    expect([holding.held, holding.signal.aborted]).toEqual([false, true])
    expect(() => holding.signal.throwIfAborted()).toThrow(expect.objectContaining({ code: 'closed' }))
    await released
    await holding.release()
    expect(await holding.ended).toMatchObject({ code: 'closed', what: "Lock 'disk'" })
    expect((await coordinator.getLock('disk').acquire({ timeoutMs: 0 })).fencingToken > holding.fencingToken).toBe(true)
  })

  situation('locks of any name are apart from each other, and listed with those who hold and wait', async (scene) => {
    const [a, b] = [await open(scene), await open(scene)]
    expect(await a.getLocks()).toEqual([])
    const before = Date.now()
    const holdings: Holding[] = []
    for (const name of ['disk', 'größe/日本', 'locks', 'leader', '.']) holdings.push(await a.getLock(name).acquire({ timeoutMs: 0 }))
    const waiting = failureOf(b.getLock('disk').acquire())
    await inLine(a, 'disk', 2)
    const listed = await b.getLocks()
    expect(listed.map(({ lock, memberId, kind, isHolder }) => [lock, memberId, kind, isHolder])).toEqual([
      ['.', 'member-1', 'exclusive', true],
      ['disk', 'member-1', 'exclusive', true],
      ['disk', 'member-2', 'exclusive', false],
      ['größe/日本', 'member-1', 'exclusive', true],
      ['leader', 'member-1', 'exclusive', true],
      ['locks', 'member-1', 'exclusive', true],
    ])
    expect(listed.find(({ lock }) => lock === 'locks')?.fencingToken).toBe(holdings[2]?.fencingToken)
    for (const { since } of listed) expect(since).toBeGreaterThan(before - 60_000)
    await b.close()
    expect((await waiting)).toMatchObject({ code: 'closed' })
    for (const holding of holdings) await holding.release()
    expect(await a.getLocks()).toEqual([])
  })

  situation('a coordinator that closes holds nothing from that moment on, and the next one gets it', async (scene) => {
    const [a, b] = [await open(scene), await open(scene)]
    const holding = await a.getLock('disk').acquire()
    const waiting = b.getLock('disk').acquire()
    await inLine(a, 'disk', 2)
    const closed = a.close()
    expect([holding.held, await holding.ended]).toEqual([false, expect.objectContaining({ code: 'lock_lost', cause: expect.objectContaining({ code: 'closed' }) })])
    await closed
    expect((await within(waiting, patienceMs, 'the lock')).held).toBe(true)
    await failsWith(a.getLock('disk').acquire(), 'closed')
  })
}

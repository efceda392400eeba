import { expect } from '@jest/globals'
import type { CampaignChange, Leader } from '@muster/coordination'

import { failsWith, failureOf } from '../conformance/outcomes.js'
import { eventually } from '../eventually.js'
import { within } from '../within.js'
import type { Situation } from '../conformance/scene.js'
import { open, start } from './players.js'

const patienceMs = 15_000

/** Collects what an iterator yields. */
function collect<T>(values: AsyncIterable<T>): T[] {
  const seen: T[] = []
  void (async () => {
    for await (const value of values) seen.push(value)
  })().catch(() => undefined) // closed with the test
  return seen
}

export function leaders(situation: Situation): void {
  situation('one leads at a time; when it stands down the next one does, and everybody sees who it is', async (scene) => {
    const [a, b] = [await open(scene), await open(scene)]
    await a.createGroup('g')
    expect(await a.getLeader('g')).toBeUndefined()
    const campaigns = [a.campaign('g')]
    const first = await within((campaigns[0] as (typeof campaigns)[0]).elected(), patienceMs, 'the election')
    expect(await b.getLeader('g')).toEqual({ memberId: 'member-1', since: expect.any(Number), fencingToken: first.fencingToken })
    const second = b.campaign('g')
    expect(second.leadership).toBeUndefined()
    expect(await b.standDownGroupLeader('g')).toBe(false)
    expect(await a.standDownGroupLeader('g')).toBe(true)
    expect(first.held).toBe(false)
    const leadership = await within(second.elected(), patienceMs, 'the next one')
    expect([leadership.held, leadership.fencingToken > first.fencingToken, (await a.getLeader('g'))?.memberId]).toEqual([true, true, 'member-2'])
    expect(await second.standDown()).toBe(true)
    expect(await a.getLeader('g')).toBeUndefined()
    await a.deleteGroup('g')
  })

  situation('a campaign tells each election and each loss in order, and ends when it stands down', async (scene) => {
    const [a, hand] = [await open(scene), await scene.open()]
    await a.createGroup('g')
    const campaign = a.campaign('g', { again: true })
    const changes = collect<CampaignChange>(campaign.changes())
    const first = await within(campaign.elected(), patienceMs, 'the election')
    const [key = ''] = await hand.keys('leader/g', { consistent: true })
    await hand.commit([{ op: 'delete', at: { collection: 'leader/g', key } }])
    await within(first.ended, patienceMs, 'the loss')
    const second = await within(campaign.elected(), patienceMs, 'the second election')
    await campaign.standDown()
    await within(campaign.over, patienceMs, 'the end')
    await eventually(() => expect(changes.map(({ type }) => type)).toEqual(['elected', 'lost', 'elected', 'lost']))
    expect(changes).toMatchObject([{ leadership: first }, { reason: { code: 'lock_lost' } }, { leadership: second }, { reason: { code: 'closed' } }])
    expect(second.fencingToken > first.fencingToken).toBe(true)
    await failsWith(campaign.elected(), 'closed')
  })

  situation('without being asked to campaign again, a lost leadership is the end of the campaign', async (scene) => {
    const [a, hand] = [await open(scene), await scene.open()]
    await a.createGroup('g')
    const campaign = a.campaign('g')
    await within(campaign.elected(), patienceMs, 'the election')
    const [key = ''] = await hand.keys('leader/g', { consistent: true })
    await hand.commit([{ op: 'delete', at: { collection: 'leader/g', key } }])
    await within(campaign.over, patienceMs, 'the end')
    await failsWith(campaign.elected(), 'closed')
    expect(await a.getLeader('g')).toBeUndefined()
  })

  situation('a group that was never created has no leader and no campaign: GroupNotCreated', async (scene) => {
    const coordinator = await open(scene)
    await failsWith(coordinator.getLeader('nobody'), 'group_not_created')
    await failsWith(coordinator.campaign('nobody').elected(), 'group_not_created')
    expect(await coordinator.getGroups()).toEqual([])
  })

  situation('two campaigns that may create their group, at once: one group, one leader', async (scene) => {
    const [a, b] = [await open(scene), await open(scene)]
    const campaigns = [a, b].map((coordinator) => coordinator.campaign('fresh', { create: true }))
    await within(Promise.race(campaigns.map((campaign) => campaign.elected())), patienceMs, 'a leader')
    expect(await a.getGroups()).toEqual([expect.objectContaining({ group: 'fresh' })])
    expect(campaigns.filter((campaign) => campaign.leadership !== undefined)).toHaveLength(1)
    await Promise.all(campaigns.map((campaign) => campaign.standDown()))
  })

  situation('a wait for the election can be given up, the campaign goes on; given up itself, nobody is left in line', async (scene) => {
    const [a, b] = [await open(scene), await open(scene)]
    await a.createGroup('g')
    await within(a.campaign('g').elected(), patienceMs, 'the election')
    const abort = new AbortController()
    const second = b.campaign('g', { signal: abort.signal })
    expect((await failureOf(second.elected({ signal: AbortSignal.timeout(50) }))).name).toBe('TimeoutError')
    const waiting = failsWith(second.elected(), 'closed')
    abort.abort()
    await waiting
    await a.standDownGroupLeader('g')
    await eventually(() => a.deleteGroup('g')) // refused while anybody stands in line
  })

  situation('who watches sees nobody, then each leader, one after the other', async (scene) => {
    const [watcher, a, b] = [await open(scene), await open(scene), await open(scene)]
    const end = new AbortController()
    const seen = collect<Leader | undefined>(watcher.watchLeader('g', { signal: end.signal }))
    const names = (): string[] => seen.map((leader) => leader?.memberId ?? 'nobody')
    await eventually(() => expect(names()).toEqual(['nobody']))
    await a.createGroup('g')
    await within(a.campaign('g').elected(), patienceMs, 'the first')
    const second = b.campaign('g')
    await eventually(() => expect(names()).toEqual(['nobody', 'member-2']))
    await a.standDownGroupLeader('g')
    await within(second.elected(), patienceMs, 'the second')
    await eventually(() => expect(names().at(-1)).toBe('member-3'))
    await second.standDown()
    await eventually(() => expect(names().at(-1)).toBe('nobody'))
    expect(names().filter((name) => name !== 'nobody')).toEqual(['member-2', 'member-3'])
    end.abort()
  })

  situation('a leader that is killed is followed; one that was cut off campaigns again by itself', async (scene) => {
    const timeoutMs = scene.backend.shortTimeoutMs
    const [a, b] = [start(scene, { timeoutMs }), start(scene, { timeoutMs })]
    const observer = await open(scene)
    await observer.createGroup('g')
    const first = await within(a.call('campaign', 'g'), patienceMs, 'the election')
    const second = b.call('campaign', 'g')
    a.process.signal('SIGSTOP')
    const token = await within(second, patienceMs, 'the successor of a stopped leader')
    expect(token).toBeGreaterThan(first)
    a.process.signal('SIGCONT')
    const back = a.call('campaign', 'g')
    await within(a.call('ended', 'g'), patienceMs, 'the end of the first leadership')
    await b.kill()
    expect(await within(back, patienceMs, 'the successor of a killed leader')).toBeGreaterThan(token)
    expect((await observer.getLeader('g'))?.memberId).toBe('member-1')
  })
}

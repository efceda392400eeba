import { setTimeout as delay } from 'node:timers/promises'

import { expect } from '@jest/globals'

import { bootTime } from '../boot-clock.js'
import { eventually } from '../eventually.js'
import { create, createEphemeral, put } from './ops.js'
import { failsWith, mustRead } from './outcomes.js'
import type { Scene, SessionProcess, Situation } from './scene.js'
import type { Interruption } from './session-process.js'

async function workerInGroup(scene: Scene, timeoutMs: number) {
  const session = await scene.open()
  await session.commit([create('groups', 'g')])
  const worker = scene.start({ timeoutMs })
  await worker.call('commit', [createEphemeral('members/g', 'm')])
  return { session, worker }
}

const interruptions: readonly { readonly what: string; readonly begin: (worker: SessionProcess, ms: number) => Promise<Interruption>; readonly end: (worker: SessionProcess) => void }[] = [
  { what: 'stopped', begin: (worker) => worker.call('stop'), end: (worker) => worker.process.signal('SIGCONT') },
  { what: 'hung', begin: (worker, ms) => worker.call('hang', ms), end: () => undefined },
]

/** Invariants 3 and 8. */
export function leases(situation: Situation): void {
  situation('a connected session is trusted for at most two thirds of its timeout, and the trust is renewed while nothing is called', async (scene) => {
    const session = await scene.open({ timeoutMs: scene.shortTimeoutMs })
    const asked = performance.now()
    await session.commit([createEphemeral('election/x', 'me')])
    const first = session.trustedUntil()
    expect(session.timeoutMs).toBe(scene.shortTimeoutMs)
    expect(first).toBeGreaterThan(asked)
    expect(first).toBeLessThanOrEqual(performance.now() + (session.timeoutMs * 2) / 3)
    await eventually(() => {
      expect(session.trustedUntil()).toBeGreaterThan(first + session.timeoutMs)
      expect(session.trustedUntil()).toBeGreaterThan(performance.now())
    })
    expect(session.trustedUntil()).toBeLessThanOrEqual(performance.now() + (session.timeoutMs * 2) / 3)
    expect(session.epoch).toBe(1)
  })

  situation('a session that does nothing but commit, one after the other for longer than its timeout, keeps its trust', async (scene) => {
    const session = await scene.open({ timeoutMs: scene.shortTimeoutMs })
    await session.commit([createEphemeral('election/x', 'me'), create('services', 'busy')])
    let fired = 0
    const timer = setInterval(() => (fired += 1), scene.shortTimeoutMs / 10)
    for (const end = performance.now() + 1.5 * scene.shortTimeoutMs; performance.now() < end; ) await session.commit([put('services', 'busy')])
    clearInterval(timer)
    expect(session.trustedUntil()).toBeGreaterThan(performance.now())
    expect(session.epoch).toBe(1)
    expect(fired).toBeGreaterThan(0)
  })

  situation('an ephemeral op of another epoch is SessionLost and nothing of its commit is done', async (scene) => {
    const session = await scene.open()
    await session.commit([createEphemeral('election/x', 'me')])
    for (const epoch of [session.epoch - 1, session.epoch + 1]) {
      await failsWith(session.commit([create('services', 'with it'), createEphemeral('election/x', 'late')], { epoch }), 'session_lost')
    }
    await session.commit([createEphemeral('election/x', 'in time')], { epoch: session.epoch })
    expect((await session.list('election/x')).entries.map(({ key }) => key)).toEqual(['in time', 'me'])
    expect(await session.count('services')).toBe(0)
  })

  for (const { what, begin, end } of interruptions) {
    situation(`a process ${what} past its timeout: its trust ends before anyone can see its entry gone, and it comes back as a new epoch`, async (scene) => {
      const { session, worker } = await workerInGroup(scene, scene.shortTimeoutMs)
      const lostEntry = await mustRead(session, 'members/g', 'm')
      const watcher = scene.watch(session, 'members/g')
      await watcher.synced()
      const interruption = begin(worker, 2.5 * scene.shortTimeoutMs)
      const seenGoneAt = await eventually(async () => {
        expect((await session.list('members/g')).entries).toEqual([])
        return bootTime()
      }, { everyMs: 1 })
      end(worker)
      const { before, after } = await interruption
      expect(before.trustedUntil).toBeGreaterThan(before.now)
      expect(before.trustedUntil).toBeLessThan(seenGoneAt)
      expect(after.trustedUntil).toBeLessThanOrEqual(after.now)
      await watcher.until(({ keys }) => keys.length === 0)

      await eventually(async () => expect((await worker.call('states')).at(-1)).toMatchObject({ state: 'connected', epoch: 2 }))
      const states = await worker.call('states')
      const lost = states.find(({ state }) => state === 'lost')
      expect(lost).toMatchObject({ epoch: 1 })
      if (lost?.sessionEpoch === 1) expect(lost.trustedUntil).toBe(0)

      await failsWith(worker.call('commit', [createEphemeral('members/g', 'old epoch')], { epoch: 1 }), 'session_lost')
      await worker.call('commit', [createEphemeral('members/g', 'm')])
      const { entries } = await session.list('members/g', { consistent: true })
      expect(entries.map(({ key }) => key)).toEqual(['m'])
      expect(entries[0]?.owner).not.toBe(lostEntry.owner)
      expect(entries[0]?.created).not.toBe(lostEntry.created)
      const standing = await worker.call('standing')
      expect(standing).toMatchObject({ epoch: 2 })
      expect(standing.trustedUntil).toBeGreaterThan(standing.now)
    })
  }

  situation('a process stopped for less than its timeout goes on in its session, and no watcher heard of it', async (scene) => {
    const timeoutMs = 4 * scene.shortTimeoutMs
    const { session, worker } = await workerInGroup(scene, timeoutMs)
    const watcher = scene.watch(session, 'members/g')
    await watcher.until(({ entries }) => entries.has('m'))
    const interruption = worker.call('stop')
    await delay(timeoutMs / 2) // the time that passes is the situation
    expect((await session.list('members/g')).entries).toHaveLength(1)
    worker.process.signal('SIGCONT')
    const { after } = await interruption
    expect(after.epoch).toBe(1)
    await eventually(async () => {
      const standing = await worker.call('standing')
      expect(standing.trustedUntil).toBeGreaterThan(after.now + timeoutMs / 3)
    })
    await worker.call('commit', [createEphemeral('members/g', 'same epoch')], { epoch: 1 })
    await watcher.until(({ entries }) => entries.has('same epoch'))
    expect(watcher.changes.map(({ type }) => type)).toEqual(['put', 'put'])
    expect((await worker.call('states')).map(({ state }) => state)).not.toContain('lost')
  })

  situation('a stopped process that is killed goes at once and not by its lease, where it can be seen', async (scene) => {
    const { session, worker } = await workerInGroup(scene, scene.doomedTimeoutMs)
    void worker.call('stop').catch(() => undefined)
    const wait = session.gone(await mustRead(session, 'members/g', 'm'))
    await worker.kill()
    await eventually(async () => {
      expect((await session.list('members/g')).entries).toEqual([])
    })
    await wait
  })
}

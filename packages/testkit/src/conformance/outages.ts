import { expect } from '@jest/globals'
import type { ConnectionState, Session } from '@muster/coordination/internal'

import { eventually } from '../eventually.js'
import { within } from '../within.js'
import { at, create, createEphemeral } from './ops.js'
import { failureOf } from './outcomes.js'
import type { Scene, Situation } from './scene.js'

/** Keeps every state that a session tells. */
function recordStates(session: Session): ConnectionState[] {
  const told: ConnectionState[] = []
  void (async () => {
    for await (const state of session.states()) told.push(state)
  })()
  return told
}

const tells = (states: readonly ConnectionState[], expected: Partial<ConnectionState>): Promise<void> => eventually(() => expect(states.at(-1)).toMatchObject(expected))

async function member(scene: Scene, timeoutMs: number) {
  const session = await scene.open({ timeoutMs })
  await session.commit([create('groups', 'g')])
  await session.commit([createEphemeral('members/g', 'm')])
  const states = recordStates(session)
  await tells(states, { state: 'connected', epoch: 1 })
  return { session, states }
}

/** Invariants 2, 4 and 8 while the backend does not answer. */
export function outages(situation: Situation): void {
  situation('an outage shorter than the session is told as suspended and connected, never as leave and join', async (scene) => {
    const { session, states } = await member(scene, 4 * scene.shortTimeoutMs)
    const watcher = scene.watch(session, 'members/g')
    await watcher.synced()
    {
      await using outage = await scene.obstruct()
      await tells(states, { state: 'suspended', epoch: 1 })
      if (outage.pid !== undefined) expect(states.at(-1)?.reason).toContain(String(outage.pid))
    }
    await tells(states, { state: 'connected', epoch: 1 })
    expect(session.trustedUntil()).toBeGreaterThan(performance.now())
    await session.commit([createEphemeral('members/g', 'after')])
    await watcher.until(({ entries }) => entries.has('after'))
    expect(watcher.changes.map(({ type }) => type)).toEqual(['put', 'put'])
    expect(states.map(({ state }) => state)).toEqual(['connected', 'suspended', 'connected'])
  })

  situation('an outage longer than the session ends the trust, and afterwards the session is lost and a new epoch begins', async (scene) => {
    const { session, states } = await member(scene, scene.shortTimeoutMs)
    const old = await session.read(at('members/g', 'm'))
    {
      await using outage = await scene.obstruct()
      expect(outage).toBeDefined()
      await eventually(() => expect(session.trustedUntil()).toBeLessThan(performance.now() - scene.shortTimeoutMs / 2))
    }
    await tells(states, { state: 'connected', epoch: 2 })
    expect(states).toContainEqual(expect.objectContaining({ state: 'lost', epoch: 1 }))
    await session.commit([createEphemeral('members/g', 'm')])
    const entry = await session.read(at('members/g', 'm'))
    expect(entry?.created).not.toBe(old?.created)
    expect((await failureOf(session.commit([createEphemeral('members/g', 'late')], { epoch: 1 }))).name).toBe('SessionLost')
  })

  situation('a commit that waits through an outage has a definite outcome, and the store agrees with it', async (scene) => {
    const { session, states } = await member(scene, scene.shortTimeoutMs)
    const commits = Array.from({ length: 10 }, (_, index) => `c${index}`)
    const outage = await scene.obstruct()
    await tells(states, { state: 'suspended' }) // what is cut on its way is for a witness to tell
    const pending = Promise.allSettled(commits.map((key) => session.commit([create('services', key)], { witness: { at: at('services', key), done: (entry) => entry !== undefined } })))
    const outcomes = await within(pending, 5 * scene.shortTimeoutMs, 'the outcome of every commit')
    await outage[Symbol.asyncDispose]()
    await session.commit([create('services', 'afterwards')])
    const found = new Set((await session.list('services', { consistent: true })).entries.map(({ key }) => key))
    for (const [index, outcome] of outcomes.entries()) {
      expect(found.has(commits[index] ?? '')).toBe(outcome.status === 'fulfilled')
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'backend_unreachable' })
    }
  })

  situation('a commit made during a short outage goes through when it ends', async (scene) => {
    const { session } = await member(scene, 4 * scene.shortTimeoutMs)
    const outage = await scene.obstruct()
    const pending = session.commit([create('services', 'patient')])
    await outage[Symbol.asyncDispose]()
    await pending
    expect(await session.read(at('services', 'patient'))).toMatchObject({ key: 'patient' })
  })

  situation('a commit that is aborted while it waits rejects soon and is not done later', async (scene) => {
    const { session, states } = await member(scene, 4 * scene.shortTimeoutMs)
    {
      await using outage = await scene.obstruct()
      expect(outage).toBeDefined()
      await tells(states, { state: 'suspended' }) // what is on its way cannot be called back
      const abort = new AbortController()
      const pending = failureOf(session.commit([create('services', 'unwanted')], { signal: abort.signal }))
      abort.abort()
      expect((await pending).name).not.toBe('BackendUnreachable')
    }
    await session.commit([create('services', 'afterwards')])
    expect(await session.read(at('services', 'unwanted'))).toBeUndefined()
  })

  situation('during an outage a list is whole or an error, never empty', async (scene) => {
    const { session } = await member(scene, scene.shortTimeoutMs)
    await using outage = await scene.obstruct()
    expect(outage).toBeDefined()
    const answers = await Promise.allSettled([session.list('members/g'), session.list('members/g', { consistent: true }), session.count('members/g').then((count) => ({ entries: { length: count } }))])
    for (const answer of answers) {
      if (answer.status === 'fulfilled') expect(answer.value.entries).toHaveLength(1)
      else expect(answer.reason).toMatchObject({ code: 'backend_unreachable' })
    }
  })
}

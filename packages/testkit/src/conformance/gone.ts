import { expect } from '@jest/globals'
import type { Entry, Session } from '@muster/coordination/internal'

import { within } from '../within.js'
import { append, create, createEphemeral, nonce, put, remove } from './ops.js'
import { failsWith, failureOf, mustRead } from './outcomes.js'
import type { Scene, Situation } from './scene.js'

const patienceMs = 10_000

async function made(session: Session, key: string): Promise<Entry> {
  await session.commit([create('services', key)])
  return mustRead(session, 'services', key)
}

/** Resolves when everything committed so far has reached the watches of `session`. */
async function settled(scene: Scene, session: Session): Promise<void> {
  const key = `settled-${nonce()}`
  const watcher = scene.watch(session, 'gates')
  await watcher.synced()
  await session.commit([create('gates', key)])
  await watcher.until(({ entries }) => entries.has(key))
  await session.list('gates', { consistent: true })
}

function observed(promise: Promise<void>): { readonly promise: Promise<void>; readonly done: () => boolean } {
  let done = false
  return { promise: promise.then(() => void (done = true)), done: () => done }
}

/** Waiting for the end of one entry (invariant 9). */
export function gone(situation: Situation): void {
  situation('it resolves when the entry is deleted by this session, another one or another process', async (scene) => {
    const [session, other] = [await scene.open(), await scene.open()]
    const entries = [await made(session, 'a'), await made(session, 'b'), await made(session, 'c')]
    const [here, there, elsewhere] = entries.map((entry) => within(session.gone(entry), patienceMs, `the end of ${entry.key}`))
    await session.commit([remove('services', 'a')])
    await here
    await other.commit([remove('services', 'b')])
    await there
    await scene.start().call('commit', [remove('services', 'c')])
    await elsewhere
  })

  situation('it resolves at once for an entry that is already gone', async (scene) => {
    const session = await scene.open()
    const entry = await made(session, 'a')
    await session.commit([remove('services', 'a')])
    await within(session.gone(entry), patienceMs, 'the end of an entry that is gone')
  })

  situation('new data does not end the wait, but an entry made anew under the key does', async (scene) => {
    const [session, writer] = [await scene.open(), await scene.open()]
    const wait = observed(session.gone(await made(session, 'a')))
    await writer.commit([put('services', 'a', 'new')])
    await settled(scene, session)
    expect(wait.done()).toBe(false)
    await writer.commit([remove('services', 'a')])
    await writer.commit([create('services', 'a')])
    await within(wait.promise, patienceMs, 'the end of the first incarnation')
  })

  situation('where it is asked for, new data ends the wait as well, also data that came before it was asked', async (scene) => {
    const [session, writer] = [await scene.open(), await scene.open()]
    const entry = await made(session, 'a')
    const wait = observed(session.gone(entry, { orChanged: true }))
    await settled(scene, session)
    expect(wait.done()).toBe(false)
    await writer.commit([put('services', 'a', 'new')])
    await within(wait.promise, patienceMs, 'new data')
    await within(session.gone(entry, { orChanged: true }), patienceMs, 'data that is new already')
    const removed = session.gone(await mustRead(session, 'services', 'a'), { orChanged: true })
    await writer.commit([remove('services', 'a')])
    await within(removed, patienceMs, 'the end of it')
  })

  situation('it is for that incarnation only: the next one has a wait of its own', async (scene) => {
    const session = await scene.open()
    const first = await made(session, 'a')
    await session.commit([remove('services', 'a')])
    const second = await made(session, 'a')
    await within(session.gone(first), patienceMs, 'the end of the first incarnation')
    const wait = observed(session.gone(second))
    await settled(scene, session)
    expect(wait.done()).toBe(false)
    await session.commit([remove('services', 'a')])
    await within(wait.promise, patienceMs, 'the end of the second incarnation')
  })

  situation('of a hundred waiters in a chain one delete wakes the next alone', async (scene) => {
    const session = await scene.open()
    const { keys } = await session.commit(Array.from({ length: 100 }, () => append('locks/chain', nonce())))
    await session.commit([append('locks/chain', nonce())])
    const queue = [...(await session.list('locks/chain')).entries].sort((a, b) => (a.order < b.order ? -1 : 1))
    expect(queue).toHaveLength(101)
    const end = new AbortController()
    const waits = queue.slice(0, 100).map((entry) => observed(session.gone(entry, { signal: end.signal })))
    for (const wait of waits) wait.promise.catch(() => undefined)
    for (const turn of [0, 1, 2]) {
      await session.commit([remove('locks/chain', keys[turn] ?? '')])
      await within(waits[turn]?.promise ?? Promise.reject(new Error('no such waiter')), patienceMs, `waiter ${turn}`)
      await settled(scene, session)
      expect(waits.filter(({ done }) => done())).toHaveLength(turn + 1)
    }
    end.abort()
  })

  situation('it resolves when the owner of the entry closes its session, and when its process is killed', async (scene) => {
    const [session, owner] = [await scene.open(), await scene.open()]
    const other = scene.start({ timeoutMs: scene.doomedTimeoutMs })
    await session.commit([create('groups', 'g')])
    await owner.commit([createEphemeral('members/g', 'closes')])
    await other.call('commit', [createEphemeral('members/g', 'killed')])
    const closed = session.gone(await mustRead(session, 'members/g', 'closes'))
    const killed = session.gone(await mustRead(session, 'members/g', 'killed'))
    await owner.close()
    await within(closed, patienceMs, 'the end of the closed one')
    await other.kill()
    await within(killed, patienceMs, 'the end of the killed one')
  })

  situation('an aborted wait rejects, and a wait of a session that is closed throws Closed', async (scene) => {
    const session = await scene.open()
    const entry = await made(session, 'a')
    const abort = new AbortController()
    const aborted = failureOf(session.gone(entry, { signal: abort.signal }))
    const closed = failsWith(session.gone(entry), 'closed')
    abort.abort()
    await within(aborted, patienceMs, 'the aborted wait')
    await failureOf(session.gone(entry, { signal: AbortSignal.abort() }))
    await session.close()
    await within(closed, patienceMs, 'the wait of a closed session')
  })
}

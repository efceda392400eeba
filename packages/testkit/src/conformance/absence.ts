import { expect } from '@jest/globals'

import { at, create, createEphemeral } from './ops.js'
import { failureOf, isRejected } from './outcomes.js'
import type { Situation } from './scene.js'

/** Invariant 2: empty is said only by the backend; and reading makes nothing. */
export function absence(situation: Situation): void {
  situation('reading a store that does not exist gives nothing and creates nothing', async (scene) => {
    const session = await scene.open()
    expect(await session.list('services')).toMatchObject({ entries: [] })
    expect(await session.list('groups', { consistent: true })).toMatchObject({ entries: [] })
    expect(await session.read(at('services', 'a'))).toBeUndefined()
    expect(await session.count('services')).toBe(0)
    await isRejected(session.list('members/g'), 0, 'no-collection')
    const watcher = scene.watch(session, 'services')
    expect(await watcher.next()).toMatchObject({ reset: true, synced: true, changes: [] })
    await session.close()
    expect((await scene.store.isThere?.()) ?? false).toBe(false)
  })

  situation('a session that only reads writes nothing: what it reads stays at the same revision', async (scene) => {
    const [writer, reader] = [await scene.open(), await scene.open()]
    const { revision } = await writer.commit([create('services', 'a')])
    const stored = await scene.store.fingerprint?.()
    const watcher = scene.watch(reader, 'services')
    await watcher.synced()
    const first = await reader.list('services', { consistent: true })
    expect((await reader.list('gates')).entries).toEqual([])
    await reader.close()
    const last = await writer.list('services', { consistent: true })
    expect(last.entries).toEqual(first.entries)
    if (stored === undefined) expect([first.revision, last.revision]).toEqual([revision, revision])
    else expect(await scene.store.fingerprint?.()).toBe(stored)
  })

  situation('watches on a store that does not exist go on when another process makes it', async (scene) => {
    const session = await scene.open()
    const services = scene.watch(session, 'services')
    const members = scene.watch(session, 'members/g')
    await services.synced()
    await members.synced()
    const other = scene.start()
    await other.call('commit', [create('services', 'a'), create('groups', 'g'), createEphemeral('members/g', 'm')])
    await services.until(({ keys }) => keys.includes('a'))
    await members.until(({ keys }) => keys.includes('m'))
    expect(await session.count('services')).toBe(1)
    expect(session.storeId).not.toBe('')
  })

  situation('two sessions that make the store at the same moment make one', async (scene) => {
    const sessions = await Promise.all([scene.open(), scene.open(), scene.open()])
    const processes = [scene.start(), scene.start()]
    await Promise.all([
      ...sessions.map((session, index) => session.commit([create('services', `session-${index}`)])),
      ...processes.map((process, index) => process.call('commit', [create('services', `process-${index}`)])),
    ])
    for (const session of sessions) expect((await session.list('services', { consistent: true })).entries).toHaveLength(5)
    expect(new Set(sessions.map(({ storeId }) => storeId)).size).toBe(1)
  })

  situation('a store that cannot be read is an error, never an empty answer', async (scene) => {
    await scene.store.breakDown()
    const answer = async (): Promise<unknown> => {
      const session = await scene.open({ timeoutMs: scene.shortTimeoutMs })
      return session.list('services')
    }
    expect((await failureOf(answer())).name).toMatch(/^(BackendUnreachable|NotAllowed|OperationTimedOut)$/)
  })
}

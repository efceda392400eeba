import { fileURLToPath } from 'node:url'

import { expect } from '@jest/globals'
import type { ConnectionState } from '@muster/coordination/internal'

import { spawnNode } from '../spawn-node.js'
import { within } from '../within.js'
import { append, at, create, createEphemeral, nonce } from './ops.js'
import { failsWith, mustRead } from './outcomes.js'
import type { Situation } from './scene.js'

/** Namespaces, and the beginning and end of a session. */
export function lifecycle(situation: Situation): void {
  situation('two namespaces of one store do not see each other', async (scene) => {
    const [one, other] = [await scene.open({ namespace: 'one' }), await scene.open({ namespace: 'other' })]
    const watcher = scene.watch(other, 'services')
    await one.commit([create('services', 'a', 'one'), create('groups', 'g'), append('locks/l', nonce())])
    await one.commit([createEphemeral('members/g', 'm')])
    expect((await other.list('services', { consistent: true })).entries).toEqual([])
    expect(await other.count('groups')).toBe(0)
    expect(await other.count('locks')).toBe(0)
    expect(await other.read(at('members/g', 'm'))).toBeUndefined()
    await other.commit([create('services', 'a', 'other'), create('groups', 'g')])
    expect(await other.count('members/g')).toBe(0)
    await watcher.until(({ entries }) => entries.has('a'))
    expect(watcher.changes).toHaveLength(1)
    await other.close()
    expect((await one.list('services', { consistent: true })).entries.map(({ data }) => new TextDecoder().decode(data))).toEqual(['one'])
    expect(await one.count('members/g')).toBe(1)
  })

  situation('a session that was just opened is connected in its first epoch, as soon as the backend is reached', async (scene) => {
    const session = await scene.open()
    const told: ConnectionState[] = []
    for await (const state of session.states()) {
      told.push(state)
      if (state.state === 'connected') break
    }
    expect(told.map(({ state, epoch }) => [state, epoch])).toEqual([...(told.length > 1 && !scene.backend.opensConnected ? [['suspended', 1]] : []), ['connected', 1]])
    expect(session.epoch).toBe(1)
    expect(session.characteristics).toEqual({ durable: expect.any(Boolean), acrossHosts: expect.any(Boolean), push: expect.any(Boolean) })
  })

  situation('sessions on one store know it by one storeId, sessions on another by another', async (scene) => {
    const [session, sibling] = [await scene.open(), await scene.open(scene.backend.namespacesShareStoreId ? { namespace: 'other' } : {})]
    await session.commit([create('services', 'a')])
    await sibling.list('services')
    expect(session.storeId).not.toBe('')
    expect(sibling.storeId).toBe(session.storeId)
  })

  situation('close() may be called twice, and at once', async (scene) => {
    const session = await scene.open()
    await session.commit([createEphemeral('election/x', 'me')])
    await Promise.all([session.close(), session.close()])
    await session.close()
    const unused = await scene.open()
    await unused.close()
    await unused.close()
  })

  situation('every call after close() throws Closed, and the trust has ended', async (scene) => {
    const session = await scene.open()
    await session.commit([createEphemeral('election/x', 'me')])
    const entry = await mustRead(session, 'election/x', 'me')
    await session.close()
    await failsWith(session.read(at('services', 'a')), 'closed')
    await failsWith(session.list('services'), 'closed')
    await failsWith(session.count('services'), 'closed')
    await failsWith(session.commit([create('services', 'a')]), 'closed')
    await failsWith(session.gone(entry), 'closed')
    await failsWith(session.ownership(entry), 'closed')
    const watch = async (): Promise<unknown> => session.watch('services')[Symbol.asyncIterator]().next()
    await failsWith(watch(), 'closed')
    expect(session.trustedUntil()).toBeLessThanOrEqual(performance.now())
  })

  situation('states end with closed, for those who listened before and those who ask afterwards', async (scene) => {
    const session = await scene.open()
    await session.commit([createEphemeral('election/x', 'me')])
    const collect = async (): Promise<string[]> => {
      const told: string[] = []
      for await (const { state } of session.states()) told.push(state)
      return told
    }
    const before = collect()
    await session.close()
    expect(await within(before, 10_000, 'the end of the states')).toEqual(['connected', 'closed'])
    expect(await within(collect(), 10_000, 'the end of the states')).toEqual(['closed'])
  })

  situation('commits that are under way at close() are done or Closed, and no ephemeral entry stays behind', async (scene) => {
    const [session, reader] = [await scene.open(), await scene.open()]
    await session.commit([createEphemeral('election/x', 'first')])
    const keys = Array.from({ length: 50 }, (_, index) => String(index))
    const pending = keys.map((key) => session.commit([createEphemeral('election/x', key), create('services', key)]))
    const outcomes = Promise.allSettled(pending)
    await session.close()
    const found = new Set((await reader.list('services', { consistent: true })).entries.map(({ key }) => key))
    for (const [index, outcome] of (await outcomes).entries()) {
      expect(found.has(keys[index] ?? '')).toBe(outcome.status === 'fulfilled')
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'closed' })
    }
    expect((await reader.list('election/x', { consistent: true })).entries).toEqual([])
  })

  situation('a process that has closed its session ends by itself, whatever it had open', async (scene) => {
    await using program = spawnNode(fileURLToPath(new URL('./closing-process.js', import.meta.url)), [scene.store.url()])
    expect(await within(program.exited, 10_000, 'the end of the process')).toEqual({ code: 0, signal: null })
    expect(program.stderr).toBe('')
    const session = await scene.open()
    expect((await session.list('members/g')).entries).toEqual([])
  })
}

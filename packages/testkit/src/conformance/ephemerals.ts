import { expect } from '@jest/globals'
import type { Op } from '@muster/coordination/internal'

import { eventually } from '../eventually.js'
import { at, create, createEphemeral, remove } from './ops.js'
import { failureOf, mustRead } from './outcomes.js'
import type { Scene, Situation } from './scene.js'

async function withGroup(scene: Scene) {
  const session = await scene.open()
  await session.commit([create('groups', 'g')])
  return session
}

const keysOf = (entries: readonly { readonly key: string }[]): string[] => entries.map(({ key }) => key).sort()

/** Invariant 7, and the limits of invariant 10. */
export function ephemerals(situation: Situation): void {
  situation('an ephemeral entry says whose it is: one owner for all of a session, another for each session', async (scene) => {
    const session = await withGroup(scene)
    const other = await scene.open()
    await session.commit([createEphemeral('members/g', 'a'), { op: 'append', collection: 'leader/g', nonce: 'n', data: new Uint8Array(), ephemeral: true }])
    await session.commit([createEphemeral('members/g', 'b'), create('members/g', 'durable')])
    await other.commit([createEphemeral('members/g', 'c')])
    const owners = new Map((await session.list('members/g', { consistent: true })).entries.map(({ key, owner }) => [key, owner]))
    const [contender] = (await session.list('leader/g')).entries
    expect(owners.get('a')).toEqual(expect.any(String))
    expect(owners.get('b')).toBe(owners.get('a'))
    expect(contender?.owner).toBe(owners.get('a'))
    expect(owners.get('durable')).toBeUndefined()
    expect(owners.get('c')).toEqual(expect.any(String))
    expect(owners.get('c')).not.toBe(owners.get('a'))
  })

  situation('close() removes the entries of its session, and no others, before it resolves; a watcher sees them go', async (scene) => {
    const session = await withGroup(scene)
    const [leaver, reader] = [await scene.open(), await scene.open()]
    const elsewhere = scene.start()
    await session.commit([createEphemeral('members/g', 'stays'), create('members/g', 'durable')])
    await leaver.commit([createEphemeral('members/g', 'goes'), createEphemeral('election/x', 'goes'), create('services', 'outlives')])
    const watcher = scene.watch(reader, 'members/g')
    await watcher.until(({ keys }) => keys.length === 3)
    const before = await reader.list('members/g')
    await leaver.close()
    const after = await session.list('members/g', { consistent: true })
    expect(keysOf(after.entries)).toEqual(['durable', 'stays'])
    expect(after.revision > before.revision).toBe(true)
    expect(keysOf((await elsewhere.call('list', 'members/g')).entries)).toEqual(['durable', 'stays'])
    expect(await session.read(at('election/x', 'goes'), { consistent: true })).toBeUndefined()
    expect(await session.read(at('services', 'outlives'))).toMatchObject({ key: 'outlives' })
    await watcher.until(({ keys }) => keys.length === 2)
    expect(watcher.changes.at(-1)).toMatchObject({ type: 'delete', before: { key: 'goes' } })
  })

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    situation(`the entries of a process ended by ${signal} go by a commit that watchers see`, async (scene) => {
      const session = await withGroup(scene)
      const worker = scene.start({ timeoutMs: scene.doomedTimeoutMs })
      await worker.call('commit', [createEphemeral('members/g', 'm'), create('services', 'outlives')])
      const watcher = scene.watch(session, 'members/g')
      await watcher.until(({ entries }) => entries.has('m'))
      let shown = (await session.list('members/g')).revision
      worker.process.signal(signal)
      const without = await eventually(async () => {
        const { entries, revision } = await session.list('members/g')
        if (entries.length > 0) shown = revision
        expect(entries).toEqual([])
        return revision
      })
      expect(without > shown).toBe(true)
      await watcher.until(({ keys }) => keys.length === 0)
      expect(watcher.changes.at(-1)).toMatchObject({ type: 'delete', before: { key: 'm' } })
      expect(await session.read(at('services', 'outlives'))).toMatchObject({ key: 'outlives' })
    })
  }

  situation('processes killed one after the other go one after the other, whichever of them was looking after the rest', async (scene) => {
    const session = await withGroup(scene)
    const workers = ['a', 'b', 'c', 'd'].map((key) => ({ key, process: scene.start({ timeoutMs: scene.doomedTimeoutMs }) }))
    for (const { key, process } of workers) await process.call('commit', [createEphemeral('members/g', key)])
    const watcher = scene.watch(session, 'members/g')
    await watcher.until(({ keys }) => keys.length === 4)
    for (const { key, process } of workers) {
      await process.kill()
      await watcher.until(({ keys }) => !keys.includes(key))
    }
    expect(watcher.changes.filter(({ type }) => type === 'delete')).toHaveLength(4)
  })

  situation('when all processes were killed at once, the first list of the next one is already empty, if only their silence tells it is so soon', async (scene) => {
    const doomed = { timeoutMs: scene.doomedTimeoutMs }
    const workers = [scene.start(doomed), scene.start(doomed), scene.start(doomed)]
    await workers[0]?.call('commit', [create('groups', 'g')])
    await Promise.all(workers.map((worker, index) => worker.call('commit', [createEphemeral('members/g', String(index))])))
    await Promise.all(workers.map((worker) => worker.kill()))
    const session = await scene.open()
    if (!scene.backend.seesProcesses) await eventually(async () => expect((await session.list('members/g')).entries).toEqual([]), { timeoutMs: 3 * scene.doomedTimeoutMs })
    expect((await session.list('members/g')).entries).toEqual([])
    expect(await session.count('members/g')).toBe(0)
  })

  situation('a process that is alive but silent for a while keeps its entries', async (scene) => {
    const session = await withGroup(scene)
    const worker = scene.start()
    await worker.call('commit', [createEphemeral('members/g', 'm')])
    const watcher = scene.watch(session, 'members/g')
    await watcher.until(({ entries }) => entries.has('m'))
    const { before, after } = await worker.call('hang', 1500)
    expect(after.epoch).toBe(before.epoch)
    expect(after.trustedUntil).toBeGreaterThan(after.now)
    await session.commit([create('members/g', 'marker')])
    await watcher.until(({ entries }) => entries.has('marker'))
    expect(watcher.changes.map(({ type }) => type)).toEqual(['put', 'put'])
  })

  situation('an ephemeral entry that somebody deleted can be made again, by anybody', async (scene) => {
    const session = await withGroup(scene)
    const other = await scene.open()
    await session.commit([createEphemeral('members/g', 'm')])
    await other.commit([remove('members/g', 'm')])
    await other.commit([createEphemeral('members/g', 'm')])
    await session.close()
    expect(await other.read(at('members/g', 'm'), { consistent: true })).toMatchObject({ key: 'm' })
  })

  situation('ownership tells own entries, those of living processes, and those of dead ones apart', async (scene) => {
    const session = await withGroup(scene)
    const worker = scene.start()
    await session.commit([createEphemeral('members/g', 'own')])
    await worker.call('commit', [createEphemeral('members/g', 'worker', JSON.stringify({ identity: await worker.call('identity') }))])
    const own = await mustRead(session, 'members/g', 'own')
    const alive = await mustRead(session, 'members/g', 'worker')
    expect(await session.ownership(own)).toBe('self')
    expect(await session.ownership(alive)).toBe('alive')
    expect(await worker.call('ownership', own)).toBe(scene.backend.seesProcesses ? 'alive' : 'unknown') // it says nothing of its process
    await worker.kill()
    expect(await session.ownership(alive)).toBe('dead')
  })

  situation('a session holds ten thousand ephemeral entries; one more is TooLarge until one is deleted; close() removes them all', async (scene) => {
    const session = await withGroup(scene)
    const owner = await scene.open()
    for (let from = 0; from < 10_000; from += 100) {
      await owner.commit(Array.from({ length: 100 }, (_, index): Op => createEphemeral('members/g', String(from + index))))
    }
    const error = await failureOf(owner.commit([createEphemeral('members/g', 'over')]))
    expect(error).toMatchObject({ code: 'too_large' })
    await owner.commit([create('members/g', 'durable')])
    await owner.commit([remove('members/g', '17')])
    await owner.commit([createEphemeral('members/g', 'in its place')])
    expect(await session.count('members/g', { consistent: true })).toBe(10_001)
    await owner.close({ timeoutMs: 10_000 })
    expect(keysOf((await session.list('members/g', { consistent: true })).entries)).toEqual(['durable'])
  })

  situation('the paths of the ephemeral entries of a session are limited to a megabyte', async (scene) => {
    const session = await withGroup(scene)
    const owner = await scene.open()
    const commitOf = (from: number): Promise<unknown> =>
      owner.commit(Array.from({ length: 100 }, (_, index): Op => createEphemeral('members/g', String(from + index).padStart(200, 'k'))))
    let taken = 0
    const fill = async (): Promise<void> => {
      for (; taken < 10_000; taken += 100) await commitOf(taken)
    }
    expect(await failureOf(fill())).toMatchObject({ code: 'too_large' })
    expect(taken).toBeLessThan(5300)
    expect(taken).toBeGreaterThan(2000)
    expect(await session.count('members/g', { consistent: true })).toBe(taken)
  })
}

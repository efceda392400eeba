import { expect } from '@jest/globals'
import type { Change, Entry } from '@muster/coordination/internal'

import { at, check, create, createEphemeral, put, remove, replace, text } from './ops.js'
import { isRejected, mustRead } from './outcomes.js'
import type { Situation } from './scene.js'

/** Compare-and-set and takeover. */
export function versions(situation: Situation): void {
  situation('put, delete and check go through with the version that was read', async (scene) => {
    const session = await scene.open()
    await session.commit([create('services', 'a', '1'), create('services', 'b')])
    const a = await mustRead(session, 'services', 'a')
    const b = await mustRead(session, 'services', 'b')
    await session.commit([put('services', 'a', '2', a.version), check('services', 'b', b.version)])
    const changed = await mustRead(session, 'services', 'a')
    expect(text(changed)).toBe('2')
    expect(changed.created).toBe(a.created)
    expect(changed.modified > a.modified).toBe(true)
    expect(changed.version).not.toBe(a.version)
    expect((await mustRead(session, 'services', 'b')).version).toBe(b.version)
    await session.commit([remove('services', 'a', changed.version)])
    expect(await session.read(at('services', 'a'))).toBeUndefined()
  })

  situation('of two sessions that write with the same version exactly one wins', async (scene) => {
    const [first, second] = [await scene.open(), await scene.open()]
    await first.commit([create('services', 'contested', 'start')])
    const { version } = await mustRead(second, 'services', 'contested')
    const outcomes = await Promise.allSettled([first.commit([put('services', 'contested', 'first', version)]), second.commit([put('services', 'contested', 'second', version)])])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const winner = outcomes[0].status === 'fulfilled' ? 'first' : 'second'
    expect(text(await mustRead(first, 'services', 'contested'))).toBe(winner)
  })

  situation('an entry that was created anew is never taken over as the old one, and matches no version of it where versions name incarnations', async (scene) => {
    const session = await scene.open()
    const old: Entry[] = []
    for (let round = 0; round < 5; round++) {
      await session.commit([create('gates', 'g', 'same')])
      for (const entry of old) await isRejected(session.commit([replace(entry)]), 0, 'conflict')
      for (const { version } of scene.backend.versionsNameIncarnations ? old : []) {
        await isRejected(session.commit([put('gates', 'g', '', version)]), 0, 'conflict')
        await isRejected(session.commit([remove('gates', 'g', version)]), 0, 'conflict')
        await isRejected(session.commit([check('gates', 'g', version)]), 0, 'conflict')
      }
      expect(text(await session.read(at('gates', 'g')))).toBe('same')
      old.push(await mustRead(session, 'gates', 'g'))
      await session.commit([remove('gates', 'g')])
    }
    expect(new Set(old.map(({ created }) => created)).size).toBe(5)
    if (scene.backend.versionsNameIncarnations) expect(new Set(old.map(({ version }) => version)).size).toBe(5)
  })

  situation('an ephemeral entry keeps its owner when another session puts new data', async (scene) => {
    const [owner, other] = [await scene.open(), await scene.open()]
    await owner.commit([create('groups', 'g')])
    await owner.commit([createEphemeral('members/g', 'm', 'old')])
    const before = await mustRead(other, 'members/g', 'm')
    await other.commit([put('members/g', 'm', 'new', before.version)])
    const after = await mustRead(owner, 'members/g', 'm')
    expect(text(after)).toBe('new')
    expect(after).toMatchObject({ owner: before.owner, created: before.created })
  })

  situation('a takeover makes the entry the own one: a new incarnation that outlives its first owner', async (scene) => {
    const [first, second, reader] = [await scene.open(), await scene.open(), await scene.open()]
    await first.commit([create('groups', 'g')])
    await first.commit([createEphemeral('members/g', 'm', 'first')])
    const taken = await mustRead(second, 'members/g', 'm')
    const watcher = scene.watch(reader, 'members/g')
    await watcher.synced()
    const { revision } = await second.commit([replace(taken, 'second')])
    await watcher.until(({ entries }) => text(entries.get('m')) === 'second')
    const putAsItWas = (change: Change): boolean => change.type === 'put' && change.before !== undefined && text(change.before) === text(change.entry)
    const told = scene.backend.takesOverAtOnce ? watcher.changes : watcher.changes.filter((change) => !putAsItWas(change))
    expect(told.map(({ type }) => type)).toEqual(['put', 'delete', 'put'])
    const now = await mustRead(reader, 'members/g', 'm')
    expect(now.created).toBe(revision)
    expect(now.owner).not.toBe(taken.owner)
    expect(await second.ownership(now)).toBe('self')
    await first.close()
    expect(text(await mustRead(reader, 'members/g', 'm'))).toBe('second')
    await second.close()
    expect(await reader.read(at('members/g', 'm'), { consistent: true })).toBeUndefined()
  })

  situation('a takeover of an entry that is gone, or was taken over before, is a conflict', async (scene) => {
    const [first, second] = [await scene.open(), await scene.open()]
    await first.commit([create('groups', 'g')])
    await first.commit([createEphemeral('members/g', 'm')])
    const seen = await mustRead(second, 'members/g', 'm')
    await second.commit([replace(seen)])
    await isRejected(first.commit([replace(seen)]), 0, 'conflict')
    await second.commit([remove('members/g', 'm')])
    await isRejected(first.commit([replace(seen)]), 0, 'conflict')
  })
}

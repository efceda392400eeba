import { expect } from '@jest/globals'

import { append, at, create, createEphemeral, nonce, put, remove } from './ops.js'
import { isRejected } from './outcomes.js'
import type { Situation } from './scene.js'

/** The rules of `groups`, `members/<g>` and `leader/<g>` (invariant 9). */
export function groups(situation: Situation): void {
  situation('members and leaders of a group that was never created cannot be listed or written: no-collection', async (scene) => {
    const session = await scene.open()
    await session.commit([create('groups', 'other')])
    await isRejected(session.list('members/g'), 0, 'no-collection')
    await isRejected(session.list('leader/g'), 0, 'no-collection')
    await isRejected(session.keys('leader/g'), 0, 'no-collection')
    await isRejected(session.commit([create('members/g', 'm')]), 0, 'no-collection')
    await isRejected(session.commit([append('leader/g', nonce())]), 0, 'no-collection')
    expect(await session.read(at('members/g', 'm'))).toBeUndefined()
    expect((await session.list('groups')).entries.map(({ key }) => key)).toEqual(['other'])
  })

  situation('a group that was just created has no members and no leaders, and that is an answer', async (scene) => {
    const session = await scene.open()
    const { revision } = await session.commit([create('groups', 'g')])
    for (const collection of ['members/g', 'leader/g']) {
      const list = await session.list(collection)
      expect(list.entries).toEqual([])
      expect(list.revision >= revision).toBe(true)
      expect(await session.count(collection)).toBe(0)
    }
  })

  situation('a watch on the members of a group that is not there is empty and synced, and goes on when the group comes, goes and comes again', async (scene) => {
    const [session, watching] = [await scene.open(), await scene.open()]
    await session.commit([create('groups', 'other')])
    const watcher = scene.watch(watching, 'members/g')
    expect(await watcher.next()).toMatchObject({ reset: true, synced: true, changes: [] })
    for (const member of ['first', 'second']) {
      await session.commit([create('groups', 'g')])
      await session.commit([createEphemeral('members/g', member)])
      await watcher.until(({ keys }) => keys.includes(member))
      await session.commit([remove('members/g', member)])
      await session.commit([remove('groups', 'g')])
      await watcher.until(({ keys }) => keys.length === 0)
    }
    await isRejected(watching.list('members/g', { consistent: true }), 0, 'no-collection')
  })

  situation('a group stays when its last member leaves, and goes only when it is deleted', async (scene) => {
    const [session, leaver] = [await scene.open(), await scene.open()]
    await session.commit([create('groups', 'g')])
    await leaver.commit([createEphemeral('members/g', 'm'), append('leader/g', nonce())])
    await isRejected(session.commit([remove('groups', 'g')]), 0, 'not-empty')
    await leaver.commit([remove('members/g', 'm')])
    await isRejected(session.commit([remove('groups', 'g')]), 0, 'not-empty')
    for (const { key } of (await leaver.list('leader/g')).entries) await leaver.commit([remove('leader/g', key)])
    await leaver.close()
    expect(await session.read(at('groups', 'g'), { consistent: true })).toMatchObject({ key: 'g' })
    await session.commit([remove('groups', 'g')])
    expect(await session.read(at('groups', 'g'))).toBeUndefined()
  })

  situation('a member that joins while its group is deleted: one of the two is rejected, and there is never a member without a group', async (scene) => {
    const [joiner, remover] = [await scene.open(), await scene.open()]
    for (let round = 0; round < 20; round++) {
      await joiner.commit([create('groups', 'g')])
      const outcomes = await Promise.allSettled([joiner.commit([createEphemeral('members/g', 'm')]), remover.commit([remove('groups', 'g')])])
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const group = await joiner.read(at('groups', 'g'), { consistent: true })
      const member = await joiner.read(at('members/g', 'm'), { consistent: true })
      expect(member === undefined).toBe(group === undefined)
      if (group) await joiner.commit([remove('members/g', 'm'), remove('groups', 'g')])
    }
  })

  situation('groups are told apart, also when one name begins with the other', async (scene) => {
    const session = await scene.open()
    await session.commit([create('groups', 'g'), create('groups', 'g2'), create('groups', 'G')])
    await session.commit([createEphemeral('members/g', 'a'), createEphemeral('members/g2', 'b'), createEphemeral('members/G', 'c')])
    const keysOf = async (collection: string): Promise<string[]> => (await session.list(collection)).entries.map(({ key }) => key)
    expect(await keysOf('members/g')).toEqual(['a'])
    expect(await keysOf('members/g2')).toEqual(['b'])
    expect(await keysOf('members/G')).toEqual(['c'])
    await session.commit([remove('members/g', 'a')])
    await session.commit([remove('groups', 'g')])
    expect((await session.list('groups')).entries.map(({ key }) => key).sort()).toEqual(['G', 'g2'])
  })

  situation('the groups themselves are watched as they come, change and go', async (scene) => {
    const [session, watching] = [await scene.open(), await scene.open()]
    await session.commit([create('groups', 'g')])
    const watcher = scene.watch(watching, 'groups')
    await watcher.synced()
    expect(watcher.keys).toEqual(['g'])
    await session.commit([put('groups', 'g'), create('groups', 'h')])
    await watcher.until(({ keys }) => keys.length === 2)
    await session.commit([remove('groups', 'g')])
    await watcher.until(({ keys }) => keys.length === 1)
    expect(watcher.keys).toEqual(['h'])
  })
}

import { expect } from '@jest/globals'
import type { Entry, Session } from '@muster/coordination/internal'

import { append, create, createEphemeral, nonce, put, remove, text } from './ops.js'
import { mustRead } from './outcomes.js'
import type { Scene, Situation } from './scene.js'

const pair = (entries: Iterable<Entry>): (string | undefined)[] => [...entries].sort((a, b) => (a.key < b.key ? -1 : 1)).map(text)

/** Keeps two entries alike in commits of two ops, here and in another process, until it is told to stop. */
async function flipPair(scene: Scene, session: Session): Promise<() => Promise<void>> {
  await session.commit([create('services', 'left', '0'), create('services', 'right', '0')])
  const other = scene.start()
  await other.call('standing')
  let going = true
  const flip = async (commit: (ops: Parameters<Session['commit']>[0]) => Promise<unknown>, name: string): Promise<void> => {
    for (let round = 0; going; round++) {
      await commit([put('services', 'left', `${name}${round}`), put('services', 'right', `${name}${round}`)])
      await new Promise(setImmediate)
    }
  }
  const flipping = [flip((ops) => session.commit(ops), 'here'), flip((ops) => other.call('commit', ops), 'there')]
  return async () => {
    going = false
    await Promise.all(flipping)
  }
}

/** Invariant 5. */
export function snapshots(situation: Situation): void {
  situation('two hundred lists during commits of two entries never show one of them alone', async (scene) => {
    const reader = await scene.open()
    const stop = await flipPair(scene, await scene.open())
    const seen = new Set<string | undefined>()
    let revision = ''
    for (let round = 0; round < 200; round++) {
      const list = await reader.list('services')
      if (list.atomic) {
        const [left, right] = pair(list.entries)
        expect(left).toBe(right)
        seen.add(left)
      }
      expect(list.revision >= revision).toBe(true)
      revision = list.revision
      await new Promise(setImmediate)
    }
    await stop()
    if ((await reader.list('services')).atomic) expect(seen.size).toBeGreaterThan(1)
  })

  situation('no synced batch of a watch during commits of two entries shows one of them alone', async (scene) => {
    const watcher = scene.watch(await scene.open(), 'services')
    const stop = await flipPair(scene, await scene.open())
    await watcher.until(({ keys }) => keys.length === 2)
    const seen = new Set<string | undefined>()
    for (let round = 0; round < 50; round++) {
      const batch = await watcher.next()
      if (batch?.synced !== true) continue
      const [left, right] = pair(watcher.entries.values())
      expect(left).toBe(right)
      seen.add(left)
    }
    await stop()
    expect(seen.size).toBeGreaterThan(1)
  })

  situation('an own commit is in every list and read that is asked for after it', async (scene) => {
    const session = await scene.open()
    for (let round = 0; round < 50; round++) {
      const { revision } = await session.commit([create('services', String(round))])
      const list = await session.list('services')
      expect(list.entries).toHaveLength(round + 1)
      expect(list.revision >= revision).toBe(true)
    }
  })

  situation('what one session was told is done, another sees at once when it asks for a consistent answer', async (scene) => {
    const [writer, reader] = [await scene.open(), await scene.open()]
    const other = scene.start()
    await other.call('standing')
    for (let round = 0; round < 25; round++) {
      await writer.commit([create('services', `here-${round}`)])
      await other.call('commit', [create('services', `there-${round}`)])
      expect((await reader.list('services', { consistent: true })).entries).toHaveLength(2 * (round + 1))
    }
  })

  situation('count is the number of entries of that collection, whoever owns them', async (scene) => {
    const [session, other] = [await scene.open(), await scene.open()]
    await session.commit([create('groups', 'g'), create('services', 'not-counted')])
    await session.commit([createEphemeral('members/g', 'a'), createEphemeral('members/g', 'b')])
    await other.commit([createEphemeral('members/g', 'c')])
    expect(await session.count('members/g', { consistent: true })).toBe(3)
    expect(await session.count('groups')).toBe(1)
    expect(await session.count('leader/g')).toBe(0)
    await session.commit([remove('members/g', 'a')])
    expect(await other.count('members/g', { consistent: true })).toBe(2)
  })

  situation('keys are those of the list, whoever owns the entries', async (scene) => {
    const [session, other] = [await scene.open(), await scene.open()]
    expect(await session.keys('locks/l')).toEqual([])
    await session.commit([create('groups', 'g'), create('services', 'not-asked-for')])
    await session.commit([createEphemeral('members/g', 'a')])
    await other.commit([createEphemeral('members/g', 'b')])
    const { keys } = await session.commit([append('locks/l', nonce()), append('locks/l', nonce())])
    expect((await session.keys('members/g', { consistent: true })).sort()).toEqual(['a', 'b'])
    expect((await session.keys('leader/g')).sort()).toEqual([])
    expect((await other.keys('locks/l', { consistent: true })).sort()).toEqual([...keys].sort())
  })

  situation('times of an entry are those of the backend: made once, changed with each put', async (scene) => {
    const session = await scene.open()
    await session.commit([create('services', 'a')])
    const made = await mustRead(session, 'services', 'a')
    await session.commit([put('services', 'a')])
    const changed = await mustRead(session, 'services', 'a')
    expect(Number.isInteger(made.createdAt)).toBe(true)
    expect(made.modifiedAt).toBe(made.createdAt)
    expect(changed.createdAt).toBe(made.createdAt)
    expect(changed.modifiedAt).toBeGreaterThanOrEqual(made.modifiedAt)
    expect(made.owner).toBeUndefined()
  })
}

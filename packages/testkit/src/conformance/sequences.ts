import { expect } from '@jest/globals'
import type { Entry } from '@muster/coordination/internal'

import { append, at, bytes, create, nonce, remove, text } from './ops.js'
import { failsWith } from './outcomes.js'
import type { Situation } from './scene.js'

const sequenceOf = (key: string): number => Number(key.slice(-10))
const inOrder = (entries: readonly Entry[]): Entry[] => [...entries].sort((a, b) => (a.order < b.order ? -1 : 1))

/** Appended entries: the queue that locks and elections stand in. */
export function sequences(situation: Situation): void {
  situation('an appended key is nonce, infix and ten digits, which are its order', async (scene) => {
    const session = await scene.open()
    const id = nonce()
    const { keys } = await session.commit([{ op: 'append', collection: 'locks/l', nonce: id, infix: '__lock__', data: bytes('me') }])
    const [key = ''] = keys
    expect(key).toMatch(new RegExp(`^${id}__lock__\\d{10}$`))
    const entry = await session.read(at('locks/l', key))
    expect(text(entry)).toBe('me')
    expect(entry?.order).toBe(key.slice(-10))
  })

  situation('sequences grow also after every entry was deleted', async (scene) => {
    const session = await scene.open()
    const seen: number[] = []
    for (let round = 0; round < 5; round++) {
      const { keys } = await session.commit([append('outbox', nonce()), append('outbox', nonce())])
      seen.push(...keys.map(sequenceOf))
      await session.commit(keys.map((key) => remove('outbox', key)))
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
    expect(seen).toHaveLength(10)
  })

  situation('several sessions and a process append at once: no sequence twice, and order is the order of commits', async (scene) => {
    const sessions = await Promise.all([scene.open(), scene.open()])
    const other = scene.start()
    const commits = await Promise.all(
      Array.from({ length: 20 }, (_, index) => [
        ...sessions.map((session) => session.commit([append('outbox', nonce(), String(index))])),
        other.call('commit', [append('outbox', nonce(), String(index))]),
      ]).flat(),
    )
    const byRevision = [...commits].sort((a, b) => (a.revision < b.revision ? -1 : 1)).map(({ keys }) => keys[0])
    const entries = inOrder((await sessions[0].list('outbox')).entries)
    expect(entries.map(({ key }) => key)).toEqual(byRevision)
    expect(new Set(entries.map(({ order }) => order)).size).toBe(60)
  })

  situation('each collection counts for itself', async (scene) => {
    const session = await scene.open()
    const { keys } = await session.commit([append('locks/a', nonce()), append('locks/a', nonce()), append('locks/b', nonce())])
    const [first = '', second = '', other = ''] = keys
    expect(sequenceOf(second)).toBeGreaterThan(sequenceOf(first))
    expect(sequenceOf(other)).toBe(sequenceOf(first))
  })

  situation('the order of other entries is their created revision and key', async (scene) => {
    const session = await scene.open()
    const { revision } = await session.commit([create('services', 'b'), create('services', 'a')])
    const later = await session.commit([create('services', '0')])
    const entries = inOrder((await session.list('services')).entries)
    expect(entries.map(({ order }) => order)).toEqual([`${revision}/a`, `${revision}/b`, `${later.revision}/0`])
  })

  situation('a nonce or infix that no key may have is InvalidArgument', async (scene) => {
    const session = await scene.open()
    await failsWith(session.commit([append('locks/l', 'a/b')]), 'invalid_argument')
    await failsWith(session.commit([append('locks/l', 'x'.repeat(191))]), 'invalid_argument')
    await failsWith(session.commit([{ op: 'append', collection: 'locks/l', nonce: 'n', infix: '\n', data: bytes('') }]), 'invalid_argument')
    expect(await session.count('locks/l')).toBe(0)
  })

  situation('a lock is listed and watched by its name once somebody stands in its queue, and cannot be written itself', async (scene) => {
    const session = await scene.open()
    const watcher = scene.watch(session, 'locks')
    await watcher.synced()
    expect(watcher.keys).toEqual([])
    await session.commit([append('locks/disk', nonce())])
    await watcher.until(({ entries }) => entries.has('disk'))
    expect((await session.list('locks')).entries.map(({ key }) => key)).toEqual(['disk'])
    await failsWith(session.commit([create('locks', 'forged')]), 'invalid_argument')
  })
}

import { expect } from '@jest/globals'
import type { Op } from '@muster/coordination/internal'

import { within } from '../within.js'
import { create, put, remove, text } from './ops.js'
import { failsWith } from './outcomes.js'
import type { Scene, Situation } from './scene.js'

const inCommits = (ops: readonly Op[]): Op[][] => Array.from({ length: Math.ceil(ops.length / 100) }, (_, index) => ops.slice(index * 100, (index + 1) * 100))

async function watchedServices(scene: Scene, ...ops: Op[]) {
  const [writer, reader] = [await scene.open(), await scene.open()]
  await writer.commit(ops)
  const watcher = scene.watch(reader, 'services')
  await watcher.synced()
  return { writer, reader, watcher }
}

/** Invariant 6. Each watcher also checks, at each batch, the rules that always hold. */
export function watches(situation: Situation): void {
  situation('a watch begins with a snapshot of what is there', async (scene) => {
    const { reader, watcher } = await watchedServices(scene, create('services', 'a', '1'), create('services', 'b', '2'), create('gates', 'elsewhere'))
    expect(watcher.batches[0]).toMatchObject({ reset: true })
    expect([...watcher.entries.values()]).toEqual((await reader.list('services')).entries)
    expect(watcher.changes.every(({ type, before }) => type === 'put' && before === undefined)).toBe(true)
  })

  situation('changes by this session, another session and another process are told with what was there before', async (scene) => {
    const { writer, reader, watcher } = await watchedServices(scene, create('services', 'a', '1'))
    const told = watcher.batches.length
    await reader.commit([put('services', 'a', '2')])
    await watcher.until(({ entries }) => text(entries.get('a')) === '2')
    await writer.commit([create('services', 'b', '3')])
    await watcher.until(({ keys }) => keys.length === 2)
    await scene.start().call('commit', [remove('services', 'a')])
    await watcher.until(({ keys }) => keys.length === 1)
    const changes = watcher.batches.slice(told).flatMap((batch) => batch.changes)
    expect(changes.map((change) => [change.type, change.type === 'put' ? text(change.entry) : undefined, text(change.before)])).toEqual([
      ['put', '2', '1'],
      ['put', '3', undefined],
      ['delete', undefined, '2'],
    ])
  })

  situation('a consumer that slept through five hundred changes of a key gets the latest value', async (scene) => {
    const { writer, watcher } = await watchedServices(scene, create('services', 'a', 'start'))
    await Promise.all(Array.from({ length: 500 }, (_, index) => writer.commit([put('services', 'a', String(index))])))
    await watcher.until(({ entries }) => text(entries.get('a')) === '499')
  })

  situation('a key that was deleted and created anew while the consumer slept is a delete of the old and a put of the new', async (scene) => {
    const { writer, watcher } = await watchedServices(scene, create('services', 'a', 'old'))
    const told = watcher.batches.length
    await writer.commit([remove('services', 'a')])
    await writer.commit([create('services', 'a', 'between')])
    await writer.commit([remove('services', 'a')])
    await writer.commit([create('services', 'a', 'new')])
    await watcher.until(({ entries }) => text(entries.get('a')) === 'new')
    const changes = watcher.batches.slice(told).flatMap((batch) => batch.changes)
    expect(changes[0]).toMatchObject({ type: 'delete' })
    expect(text(changes[0]?.before)).toBe('old')
    expect(changes.at(-1)?.type).toBe('put')
  })

  situation('after more deletes than any log keeps, a consumer that slept through them all still gets the right state and the right befores', async (scene) => {
    const { writer, reader, watcher } = await watchedServices(scene, create('services', 'stays', '1'), create('services', 'goes'), create('services', 'again', 'old'))
    await writer.commit([remove('services', 'goes'), remove('services', 'again'), put('services', 'stays', '2')])
    await writer.commit([create('services', 'again', 'new')])
    const keys = Array.from({ length: 10_100 }, (_, index) => String(index))
    for (const ops of inCommits(keys.map((key) => create('services', key)))) await writer.commit(ops)
    for (const ops of inCommits(keys.map((key) => remove('services', key)))) await writer.commit(ops)
    const told = watcher.batches.length
    await watcher.until(({ entries }) => text(entries.get('again')) === 'new' && text(entries.get('stays')) === '2' && entries.size === 2)
    expect([...watcher.entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual((await reader.list('services')).entries)
    const later = watcher.batches.slice(told)
    if (!later.some(({ reset }) => reset)) {
      const deleted = later.flatMap(({ changes }) => changes).filter(({ type }) => type === 'delete')
      expect(deleted.map(({ before }) => before?.key).sort()).toEqual(expect.arrayContaining(['again', 'goes']))
    }
  })

  situation('after ten thousand commits to other keys a consumer that slept still gets its own changes right', async (scene) => {
    const { writer, watcher } = await watchedServices(scene, create('services', 'again', 'old'), create('gates', 'busy'))
    await writer.commit([remove('services', 'again')])
    await writer.commit([create('services', 'again', 'new')])
    for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 2040 }, () => writer.commit([put('gates', 'busy')])))
    await writer.commit([remove('gates', 'busy')]) // what forgets old deletions does so at a delete
    await watcher.until(({ entries }) => text(entries.get('again')) === 'new')
    expect(watcher.changes.map(({ type }) => type)).toEqual(['put', 'delete', 'put'])
  })

  situation('two watches of one session go each at its own pace', async (scene) => {
    const { writer, reader, watcher: slow } = await watchedServices(scene, create('services', 'a', '0'))
    const fast = scene.watch(reader, 'services')
    for (let round = 1; round <= 10; round++) {
      await writer.commit([put('services', 'a', String(round))])
      await fast.until(({ entries }) => text(entries.get('a')) === String(round))
    }
    await slow.until(({ entries }) => text(entries.get('a')) === '10')
  })

  situation('changes of other collections are not told', async (scene) => {
    const { writer, watcher } = await watchedServices(scene, create('services', 'a'))
    await writer.commit([create('gates', 'b'), create('groups', 'services'), create('services', 'c')])
    await watcher.until(({ entries }) => entries.has('c'))
    expect(watcher.keys).toEqual(['a', 'c'])
  })

  situation('a watch whose signal aborts ends, also while it waits, and the session goes on', async (scene) => {
    const session = await scene.open()
    await session.commit([create('services', 'a')])
    const waiting = new AbortController()
    const iterator = session.watch('services', { signal: waiting.signal })[Symbol.asyncIterator]()
    await iterator.next()
    const next = iterator.next()
    waiting.abort()
    expect(await within(next, 10_000, 'the end of the watch')).toMatchObject({ done: true })
    expect(await iterator.next()).toMatchObject({ done: true })
    const aborted = session.watch('services', { signal: AbortSignal.abort() })[Symbol.asyncIterator]()
    expect(await aborted.next()).toMatchObject({ done: true })
    expect(await session.count('services')).toBe(1)
  })

  situation('a consumer that leaves its loop ends its watch', async (scene) => {
    const session = await scene.open()
    await session.commit([create('services', 'a')])
    const watch = session.watch('services')
    for await (const batch of watch) {
      expect(batch.reset).toBe(true)
      break
    }
    expect(await watch[Symbol.asyncIterator]().next()).toMatchObject({ done: true })
  })

  situation('a watch of a session that is closed throws Closed, also while it waits', async (scene) => {
    const session = await scene.open()
    await session.commit([create('services', 'a')])
    const iterator = session.watch('services')[Symbol.asyncIterator]()
    await iterator.next()
    const next = iterator.next()
    const closed = failsWith(next, 'closed')
    await session.close()
    await within(closed, 10_000, 'the end of the watch')
  })
}

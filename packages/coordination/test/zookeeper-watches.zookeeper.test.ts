import { describe, expect, test } from '@jest/globals'
import type { Batch, Change, Entry, Op, Session } from '@muster/coordination/internal'
import { eventually, within } from '@muster/testkit'

import { at, bytes, setTheScene, text, until } from './zookeeper-scene.js'

const scene = setTheScene()

const create = (key: string, data = ''): Op => ({ op: 'create', at: at('services', key), data: bytes(data) })
const put = (key: string, data: string): Op => ({ op: 'put', at: at('services', key), data: bytes(data) })
const remove = (key: string): Op => ({ op: 'delete', at: at('services', key) })

/** What a watch has told, taken as it comes. */
class Listener {
  readonly entries = new Map<string, Entry>()
  readonly changes: Change[] = []
  readonly batches: Batch[] = []
  readonly ended: Promise<unknown>
  readonly #end = new AbortController()

  constructor(session: Session, collection = 'services') {
    this.ended = this.#listen(session, collection).catch((error: unknown) => error)
  }

  /** Resolves when the watch is synced and knows exactly these. */
  knows(expected: Readonly<Record<string, string>>): Promise<void> {
    return eventually(() => {
      expect(Object.fromEntries([...this.entries].map(([key, entry]) => [key, text(entry)]))).toEqual(expected)
      expect(this.batches.at(-1)?.synced).toBe(true)
    })
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.ended
  }

  async #listen(session: Session, collection: string): Promise<void> {
    for await (const batch of session.watch(collection, { signal: this.#end.signal })) {
      this.batches.push(batch)
      for (const change of batch.changes) {
        this.changes.push(change)
        if (change.type === 'put') this.entries.set(change.entry.key, change.entry)
        else this.entries.delete(change.before.key)
      }
    }
  }
}

const kinds = (changes: readonly Change[]): string[] => changes.map((change) => `${change.type} ${change.type === 'put' ? change.entry.key : change.before.key}`)

describe('what happens while the connection is away', () => {
  test('is told afterwards as the difference, a key made anew as delete and put', async () => {
    const [session, writer] = [await scene.open(), await scene.open()]
    await writer.commit([create('stays', '1'), create('changes', '1'), create('goes', '1'), create('again', '1')])
    const listener = new Listener(session)
    await listener.knows({ stays: '1', changes: '1', goes: '1', again: '1' })
    const told = listener.changes.length
    await scene.proxy.refuse()
    await until(session, 'suspended')
    await scene.raw.setData('/muster/tooz/services/changes', Buffer.from('2'))
    await scene.raw.delete('/muster/tooz/services/goes')
    await scene.raw.delete('/muster/tooz/services/again')
    await scene.raw.create('/muster/tooz/services/again', { data: Buffer.from('2') })
    await scene.raw.create('/muster/tooz/services/comes', { data: Buffer.from('2') })
    await scene.proxy.accept()
    await listener.knows({ stays: '1', changes: '2', again: '2', comes: '2' })
    expect(kinds(listener.changes.slice(told)).sort()).toEqual(['delete again', 'delete goes', 'put again', 'put changes', 'put comes'])
    expect(listener.batches.filter(({ reset }) => reset)).toHaveLength(1)
    await writer.commit([put('stays', 'live again')])
    await listener.knows({ stays: 'live again', changes: '2', again: '2', comes: '2' })
  })

  test('is told as well when the session was lost meanwhile', async () => {
    const session = await scene.open('timeout=1s')
    await session.commit([create('a', '1')])
    const listener = new Listener(session)
    await listener.knows({ a: '1' })
    scene.proxy.suspend()
    await until(session, 'lost')
    await scene.raw.create('/muster/tooz/services/b', { data: Buffer.from('2') })
    scene.proxy.resume()
    await until(session, 'connected', 2)
    await listener.knows({ a: '1', b: '2' })
    await session.commit([remove('a')])
    await listener.knows({ b: '2' })
  })

  test('a watch that is begun while nobody answers begins when somebody does', async () => {
    const session = await scene.open('timeout=1s')
    await session.commit([create('a', '1')])
    scene.proxy.suspend()
    await until(session, 'suspended')
    const listener = new Listener(session)
    await until(session, 'lost')
    expect(listener.batches).toEqual([])
    scene.proxy.resume()
    await listener.knows({ a: '1' })
  })

  test('the end of an entry that is waited for is told', async () => {
    const session = await scene.open()
    await session.commit([create('a'), create('b')])
    const [a, b] = [await session.read(at('services', 'a')), await session.read(at('services', 'b'))]
    if (!a || !b) throw new Error('they are not there')
    const [goneA, goneB] = [session.gone(a), session.gone(b)]
    await session.read(a)
    await scene.proxy.refuse()
    await until(session, 'suspended')
    await scene.raw.delete('/muster/tooz/services/a')
    await scene.proxy.accept()
    await within(goneA, 10_000, 'the end of a')
    await scene.raw.delete('/muster/tooz/services/b')
    await within(goneB, 10_000, 'the end of b')
  })
})

describe('what a session costs the server', () => {
  const watches = async (): Promise<number> => Number(/Total watches:(\d+)/.exec(await scene.server.command('wchs'))?.[1])

  test('all who watch one collection share a watch, which ends with the last of them', async () => {
    const session = await scene.open()
    await session.commit([create('a', '1')])
    const before = await watches()
    const listeners = [new Listener(session), new Listener(session), new Listener(session)]
    for (const listener of listeners) await listener.knows({ a: '1' })
    expect((await watches()) - before).toBe(1)
    await session.commit([put('a', '2')])
    for (const listener of listeners) await listener.knows({ a: '2' })
    for (const listener of listeners) await listener.close()
    await eventually(async () => expect((await watches()) - before).toBe(0))
    const again = new Listener(session)
    await again.knows({ a: '2' })
    await again.close()
  })

  test('waiting for the end of an entry leaves no watch behind when it has gone', async () => {
    const session = await scene.open()
    await session.commit([create('a'), create('b')])
    const before = await watches()
    for (const key of ['a', 'b']) {
      const entry = await session.read(at('services', key))
      if (!entry) throw new Error('it is not there')
      const waits = Promise.all([session.gone(entry), session.gone(entry)])
      await eventually(async () => expect((await watches()) - before).toBe(1))
      await session.commit([remove(key)])
      await within(waits, 10_000, 'its end')
      await within(session.gone(entry), 10_000, 'its end, told again')
    }
    expect((await watches()) - before).toBe(0)
  })
})

test('a wait that was given up does not keep the next one from being told', async () => {
  const session = await scene.open()
  await session.commit([create('a')])
  const entry = await session.read(at('services', 'a'))
  if (!entry) throw new Error('it is not there')
  const abort = new AbortController()
  const givenUp = session.gone(entry, { signal: abort.signal })
  await session.read(entry)
  abort.abort(new Error('no longer'))
  await expect(givenUp).rejects.toThrow('no longer')
  const gone = session.gone(entry)
  await session.commit([put('a', 'changed')])
  await session.read(entry)
  await session.commit([remove('a')])
  await within(gone, 10_000, 'its end')
})

test('the end of a group or of the name of a lock can be waited for while their entries are watched', async () => {
  const session = await scene.open()
  await session.commit([{ op: 'create', at: at('groups', 'g'), data: bytes('') }])
  const listener = new Listener(session, 'members/g')
  await listener.knows({})
  const entry = await session.read(at('groups', 'g'))
  if (!entry) throw new Error('it is not there')
  const gone = session.gone(entry)
  await session.commit([{ op: 'delete', at: at('groups', 'g') }])
  await within(gone, 10_000, 'the end of the group')
  await session.commit([{ op: 'create', at: at('groups', 'g'), data: bytes('') }])
  await session.commit([{ op: 'create', at: at('members/g', 'm'), data: bytes('x') }])
  await listener.knows({ m: 'x' })
  await listener.close()
})

test('a collection that never comes to rest is told all the same, and is synced when it does', async () => {
  const [session, writer] = [await scene.open(), await scene.open()]
  await writer.commit([create('a', '0')])
  const listener = new Listener(session)
  let last = 0
  const unrest = new AbortController()
  const writing = (async () => {
    while (!unrest.signal.aborted) await Promise.all(Array.from({ length: 50 }, () => writer.commit([put('a', String((last += 1)))])))
  })()
  await eventually(() => expect(listener.batches.length).toBeGreaterThan(5))
  unrest.abort()
  await writing
  await listener.knows({ a: String(last) })
})

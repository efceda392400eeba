import { describe, expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import type { Entry, Op, Session } from '@muster/coordination/internal'
import { openSession } from '@muster/coordination/internal'
import { createClient, digestAcl, openAcl } from '@muster/zookeeper'

import { at, bytes, setTheScene, text } from './zookeeper-scene.js'

const scene = setTheScene()
const nothing = new Uint8Array()

const createGroup = (key: string): Op => ({ op: 'create', at: at('groups', key), data: nothing })
const member = (key: string, data = '{}'): Op => ({ op: 'create', at: at('members/g', key), data: bytes(data), ephemeral: true })
const removeGroup: Op = { op: 'delete', at: at('groups', 'g') }
const keysOf = ({ entries }: { entries: readonly Entry[] }): string[] => entries.map(({ key }) => key)

async function reject(commit: Promise<unknown>): Promise<unknown> {
  const error = (await commit.then(
    () => ({}),
    (reason: unknown) => reason,
  )) as { reason?: unknown; code?: unknown }
  return error.reason ?? error.code
}

describe('the tree', () => {
  test("groups, members, leaders and locks are where tooz has them, a member's data is one msgpack bin, the rest is below /muster", async () => {
    const session = await scene.open()
    await session.commit([createGroup('g')])
    const { keys } = await session.commit([
      member('m', '{"a":1}'),
      { op: 'append', collection: 'leader/g', nonce: 'n', infix: '__lock__', data: bytes('m'), ephemeral: true },
      { op: 'append', collection: 'locks/l', nonce: 'n', infix: '__lock__', data: bytes('m'), ephemeral: true },
      { op: 'create', at: at('services', 's'), data: bytes('plain') },
    ])
    expect((await scene.raw.getData('/tooz/g/m')).data.toString('latin1')).toBe('\xc4\x07{"a":1}')
    expect((await scene.raw.getData(`/tooz/g/leader/${keys[1] ?? ''}`)).data.toString()).toBe('m')
    expect((await scene.raw.getData(`/tooz/locks/l/${keys[2] ?? ''}`)).stat.ephemeralOwner).not.toBe(0n)
    expect((await scene.raw.getData('/muster/tooz/services/s')).data.toString()).toBe('plain')
    expect((await scene.raw.getData('/tooz/g')).stat).toMatchObject({ ephemeralOwner: 0n, dataLength: 0 })
    expect(await scene.raw.getAcl('/muster/tooz/services/s')).toEqual(openAcl)
  })

  test('another namespace is another tree', async () => {
    const session = await scene.open('namespace=blue')
    await session.commit([createGroup('g'), { op: 'create', at: at('services', 's'), data: nothing }])
    expect((await scene.raw.getChildren('/')).children.sort()).toEqual(['blue', 'muster'])
    expect((await scene.raw.getChildren('/muster')).children).toEqual(['blue'])
  })

  test('a path in the URL that is no node is named as the cause when something is written, and reads as empty', async () => {
    const session = await openSession(`zookeeper://${scene.server.endpoint}/nowhere`)
    expect((await session.list('groups')).entries).toEqual([])
    await expect(session.commit([createGroup('g')])).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringContaining('path in the ZooKeeper URL') })
    await session.close()
  })

  test('sessions that write own collections know the store by one id, from the first writer on', async () => {
    const [first, second] = [await scene.open(), await scene.open()]
    await first.commit([createGroup('g')])
    expect(first.storeId).toBe('')
    await first.commit([{ op: 'create', at: at('services', 's'), data: nothing }])
    await second.list('services', { consistent: true })
    expect(first.storeId).toMatch(/^[0-9a-f]{32}$/)
    expect(second.storeId).toBe(first.storeId)
  })
})

describe('what is no entry', () => {
  test("the directory of a group's leaders is no member, that of locks is no group, and neither is counted", async () => {
    const session = await scene.open()
    await session.commit([createGroup('g')])
    await session.commit([member('m'), { op: 'append', collection: 'leader/g', nonce: 'n', data: nothing }, { op: 'append', collection: 'locks/l', nonce: 'n', data: nothing }])
    expect([keysOf(await session.list('members/g')), await session.count('members/g')]).toEqual([['m'], 1])
    expect([keysOf(await session.list('groups')), await session.count('groups')]).toEqual([['g'], 1])
    expect(await session.read(at('members/g', 'leader'))).toBeUndefined()
    expect(await reject(session.commit([{ op: 'delete', at: at('members/g', 'leader') }]))).toBe('missing')
    expect(await reject(session.commit([{ op: 'put', at: at('groups', 'locks'), data: nothing }]))).toBe('missing')
  })

  test('elections of others make no member in a watch', async () => {
    const session = await scene.open()
    await session.commit([createGroup('g')])
    const batches = session.watch('members/g')[Symbol.asyncIterator]()
    await batches.next()
    await scene.raw.create('/tooz/g/leader')
    await scene.raw.create('/tooz/g/leader/x__lock__', { mode: 'ephemeral_sequential' })
    await session.commit([member('m')])
    const next = await batches.next()
    expect(next.done === true ? [] : next.value.changes).toEqual([{ type: 'put', entry: expect.objectContaining({ key: 'm' }) }])
    await batches.return?.()
  })
})

describe('a group that is deleted', () => {
  const withLeaders = async (): Promise<Session> => {
    const session = await scene.open()
    await session.commit([createGroup('g')])
    const { keys } = await session.commit([{ op: 'append', collection: 'leader/g', nonce: 'n', data: nothing }])
    await session.commit([{ op: 'delete', at: at('leader/g', keys[0] ?? '') }])
    return session
  }

  test('takes the empty directory of its leaders with it, and can be made and led again', async () => {
    const session = await withLeaders()
    await session.commit([removeGroup])
    expect(await scene.raw.exists('/tooz/g')).toBeUndefined()
    const { keys } = await session.commit([createGroup('g'), { op: 'append', collection: 'leader/g', nonce: 'again', data: nothing }])
    expect(keys).toEqual(['g', 'again0000000000'])
  })

  test('stays, with that directory, while it has a member or a contender', async () => {
    const session = await withLeaders()
    await session.commit([member('m')])
    expect(await reject(session.commit([removeGroup]))).toBe('not-empty')
    const { keys } = await session.commit([{ op: 'delete', at: at('members/g', 'm') }, { op: 'append', collection: 'leader/g', nonce: 'n', data: nothing }])
    expect(await reject(session.commit([removeGroup]))).toBe('not-empty')
    expect(await scene.raw.exists('/tooz/g/leader')).toBeDefined()
    await session.commit([{ op: 'delete', at: at('leader/g', keys[1] ?? '') }, removeGroup])
    expect(await scene.raw.exists('/tooz/g')).toBeUndefined()
  })

  test('that has only members, or is not there, is told so', async () => {
    const session = await scene.open()
    expect(await reject(session.commit([removeGroup]))).toBe('missing')
    await session.commit([createGroup('g'), member('m')])
    expect(await reject(session.commit([removeGroup]))).toBe('not-empty')
  })

  test('is missing for those who lead it', async () => {
    const session = await withLeaders()
    await session.commit([removeGroup])
    expect(await reject(session.commit([{ op: 'append', collection: 'leader/g', nonce: 'n', data: nothing }]))).toBe('no-collection')
    expect(await reject(session.list('leader/g'))).toBe('no-collection')
  })
})

test('directories that somebody removed are made again', async () => {
  const session = await scene.open()
  const append = (): Promise<unknown> => session.commit([{ op: 'append', collection: 'locks/l', nonce: 'n', data: nothing }])
  await append()
  for (const { key } of (await session.list('locks/l')).entries) await session.commit([{ op: 'delete', at: at('locks/l', key) }])
  await scene.raw.delete('/tooz/locks/l')
  await append()
  expect((await session.list('locks/l')).entries).toHaveLength(1)
})

describe('what others have written', () => {
  test('whatever a member says is listed and watched, and fails nobody', async () => {
    const session = await scene.open()
    await session.commit([createGroup('g'), member('ours', '{"a":1}')])
    await scene.raw.create('/tooz/g/str', { data: Buffer.from('a27b7d', 'hex') })
    await scene.raw.create('/tooz/g/dict', { data: Buffer.from('81a677656967687405', 'hex') })
    await scene.raw.create('/tooz/g/raw', { data: Buffer.from('no msgpack') })
    await scene.raw.create('/tooz/g/empty')
    await scene.raw.create('/tooz/g/é', { data: Buffer.from('c400', 'hex') })
    await scene.raw.create('/tooz/g/parent')
    await scene.raw.create('/tooz/g/parent/child')
    const expected = { dict: '{"weight":5}', empty: '', ours: '{"a":1}', parent: '', raw: 'no msgpack', str: '{}', é: '' }
    const shown = (entries: readonly Entry[]): Record<string, string | undefined> => Object.fromEntries(entries.map((entry) => [entry.key, text(entry)]))
    expect(shown((await session.list('members/g', { consistent: true })).entries)).toEqual(expected)
    for await (const { changes } of session.watch('members/g')) {
      expect(shown(changes.flatMap((change) => (change.type === 'put' ? [change.entry] : [])))).toEqual(expected)
      break
    }
    expect(text(await session.read(at('members/g', 'é')))).toBe('')
  })

  test('an entry that may not be read is shown without its data, and the others with theirs, in lists and watches', async () => {
    const session = await scene.open()
    await session.commit([createGroup('g'), member('open', '1')])
    await using other = createClient(`${scene.server.endpoint}${new URL(scene.url()).pathname}`, { auth: [{ scheme: 'digest', credential: 'u:p' }] })
    await other.create('/tooz/g/secret', { data: Buffer.from('hush'), acl: digestAcl('u', 'p') })
    const expected = [['open', '1'], ['secret', '']]
    const { entries } = await session.list('members/g', { consistent: true })
    expect(entries.map((entry) => [entry.key, text(entry)])).toEqual(expected)
    await expect(session.read(at('members/g', 'secret'))).rejects.toMatchObject({ code: 'not_allowed' })
    const batches = session.watch('members/g')[Symbol.asyncIterator]()
    const puts = async (): Promise<unknown> => {
      const next = await batches.next()
      return next.done === true ? [] : next.value.changes.flatMap((change) => (change.type === 'put' ? [[change.entry.key, text(change.entry)]] : [change.type]))
    }
    expect(await puts()).toEqual(expected)
    await other.setData('/tooz/g/secret', Buffer.from('changed')) // servers tell it only to those who may read it
    await session.commit([member('later', '2')])
    expect(await puts()).toContainEqual(['later', '2'])
    await batches.return?.()
  })
})

describe('a user and password', () => {
  test('keep everybody else out of what was made with them, and the refusal says which URL to use and nothing secret', async () => {
    const [owner, friend, stranger] = [await scene.open('', 'u:hush@'), await scene.open('', 'u:hush@'), await scene.open('', 'u:wrong@')]
    await owner.commit([createGroup('g'), member('m'), { op: 'create', at: at('services', 's'), data: nothing }])
    for (const path of ['/tooz', '/tooz/g', '/tooz/g/m', '/muster', '/muster/tooz', '/muster/tooz/services', '/muster/tooz/services/s']) {
      await using able = createClient(`${scene.server.endpoint}${new URL(scene.url()).pathname}`, { auth: [{ scheme: 'digest', credential: 'u:hush' }] })
      expect([path, await able.getAcl(path)]).toEqual([path, digestAcl('u', 'hush')])
    }
    expect(keysOf(await friend.list('members/g', { consistent: true }))).toEqual(['m'])
    const refusals = [stranger.list('members/g'), stranger.commit([member('x')]), stranger.watch('members/g')[Symbol.asyncIterator]().next(), stranger.read(at('services', 's'))]
    for (const refusal of await Promise.allSettled(refusals)) {
      const error = (refusal.status === 'rejected' ? refusal.reason : undefined) as Error & { code?: string; hint?: string }
      expect(error).toMatchObject({ code: 'not_allowed', hint: expect.stringContaining('zookeeper://user:password@') })
      expect(`${error.message} ${error.hint ?? ''} ${String(error.cause)}`).not.toMatch(/hush|wrong/)
    }
  })

  test('of one group do not hide the others from a view of all groups', async () => {
    const open = await scene.open()
    await open.commit([createGroup('open')])
    await open.commit([{ op: 'create', at: at('members/open', 'm'), data: bytes('{}'), ephemeral: true }])
    await (await scene.open('', 'u:p@')).commit([createGroup('closed')])
    await using coordinator = await openCoordinator(scene.url())
    await using view = coordinator.groupsView()
    await view.synced()
    expect([...view.groups].map(([group, { view: members }]) => [group, members.members.size])).toEqual([['closed', 0], ['open', 1]])
  })
})

import { expect, test } from '@jest/globals'
import type { Stat } from '@muster/zookeeper'

import { isEntry, ownerOf, Places, toEntry } from './zookeeper-paths.js'

const places = new Places('tooz')
const stat: Stat = { czxid: 5n, mzxid: 7n, ctime: 1, mtime: 2, version: 3, cversion: 0, aversion: 0, ephemeralOwner: 0n, dataLength: 0, numChildren: 0, pzxid: 5n }

test.each([
  ['groups', '/tooz', ['/tooz']],
  ['members/g', '/tooz/g', []],
  ['leader/g', '/tooz/g/leader', ['/tooz/g/leader']],
  ['locks', '/tooz/locks', []],
  ['locks/n', '/tooz/locks/n', ['/tooz', '/tooz/locks', '/tooz/locks/n']],
  ['services', '/muster/tooz/services', ['/muster', '/muster/tooz', '/muster/tooz/services']],
  ['election/x', '/muster/tooz/election/x', ['/muster', '/muster/tooz', '/muster/tooz/election', '/muster/tooz/election/x']],
])('%s is at %s', (collection, directory, directories) => {
  expect(places.of(collection)).toMatchObject({ collection, directory, directories })
  expect(places.of(collection)).toBe(places.of(collection))
})

test.each(['', 'members', 'members/', 'members/a/b', 'members/locks', 'leader', 'leader/..', '/services', 'services/', 'election/./x'])('%j is no collection', (collection) => {
  expect(() => places.of(collection)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
})

test('a great many collections are found without remembering them all', () => {
  for (let index = 0; index < 3000; index += 1) expect(places.of(`members/${index}`).directory).toBe(`/tooz/${index}`)
})

test('the directory of leaders is no member, that of locks no group, and nothing deeper is an entry', () => {
  expect([isEntry(places.of('members/g'), 'leader'), isEntry(places.of('groups'), 'locks'), isEntry(places.of('services'), 'a/b'), isEntry(places.of('services'), '..')]).toEqual([false, false, false, false])
  expect([isEntry(places.of('members/g'), 'locks'), isEntry(places.of('groups'), 'leader'), isEntry(places.of('members/g'), 'é')]).toEqual([true, true, true])
})

test('a node is an entry with its revisions, version and times', () => {
  expect(toEntry(places.of('services'), 'k', { data: Buffer.from('x'), stat })).toEqual({
    ...{ collection: 'services', key: 'k', data: new Uint8Array([120]), version: '3', createdAt: 1, modifiedAt: 2 },
    ...{ created: '00000000000000000005', modified: '00000000000000000007', order: '00000000000000000005/k' },
  })
})

test('the order of a queue is the sequence of its entries, foreign names by their creation', () => {
  const order = (collection: string, key: string): string => toEntry(places.of(collection), key, { data: new Uint8Array(), stat }).order
  expect(order('locks/n', 'abc__lock__0000000012')).toBe('0000000012')
  expect(order('leader/g', 'odd')).toBe('00000000000000000005/odd')
  expect(order('services', 'host-4711471147')).toBe('00000000000000000005/host-4711471147')
})

test('a node of a session has an owner; a container and one that lives for some time have none', () => {
  const owner = (ephemeralOwner: bigint): string | undefined => ownerOf({ ...stat, ephemeralOwner })
  expect(owner(0x100012345n)).toBe('0000000100012345')
  expect(owner(-0x7f_0000_0000_0000n << 8n)).toBe('8100000000000000')
  expect([owner(0n), owner(-(2n ** 63n)), owner(BigInt.asIntN(64, 0xff00_0000_0000_03e8n))]).toEqual([undefined, undefined, undefined])
})

import { describe, expect, test } from '@jest/globals'
import type { Worker } from '@muster/servicegroup'
import type { Change as StoredChange, ServiceRecord } from '@muster/servicegroup/internal'
import { newRecord } from '@muster/servicegroup/internal'

import { keyOf, Picture } from './picture.js'
import type { Departures } from './picture.js'

const watched: Departures = { hasLeft: () => false, wasWatched: () => true }
const at = Date.parse('2026-11-28T12:00:00Z')

const worker = (memberId: string, more: Partial<Worker> = {}): Worker => ({
  name: memberId, hostname: 'h1', process: 1, created: null, group: 'g', type: 'compute', state: 'up', region: null, zone: null, version: null, labels: {}, memberId, incarnation: 1, uuid: null, ...more,
})
const record = (uuid = 'u1', host = 'h1'): ServiceRecord => newRecord(uuid, { type: 'compute', host, region: null, zone: null })
const stored = (type: StoredChange['type'], before: ServiceRecord | null, after: ServiceRecord | null, id: string = type): StoredChange => ({ id, type, cause: 'admin', actor: 'ann', source: null, reason: 'why', before, after })

/** A picture in which one service is up. */
function pictureOf(...workers: Worker[]): { picture: Picture; living: Map<string, Worker>; see: (departures?: Departures, time?: number) => string[] } {
  const picture = new Picture([], [])
  const living = new Map(workers.map((one) => [keyOf(one), one]))
  const see = (departures = watched, time = at): string[] => {
    picture.see(new Set([...picture.workers.keys(), ...living.keys()]), living, departures, time)
    return tell(picture)
  }
  picture.takeStored(stored('created', null, record(), 'c1'), at)
  see()
  return { picture, living, see }
}

const tell = (picture: Picture): string[] =>
  picture.takeChanges().map(({ kind, cause, memberId, before, after, massLoss }) => [kind, cause, memberId ?? `${stateIn(before)}>${stateIn(after)}`, ...(massLoss ? ['massLoss'] : [])].join(' '))
const stateIn = (value: object | null): string => (value === null ? '' : 'effective' in value ? `${String('state' in value && value.state)}/${String(value.effective)}` : '')

describe('workers', () => {
  test('the first worker of a service makes it up, the second changes nothing of it', () => {
    const picture = new Picture([], [])
    picture.takeStored(stored('created', null, record(), 'c1'), at)
    const living = new Map([worker('a'), worker('b')].map((one) => [keyOf(one), one]))
    picture.see(living.keys(), living, watched, at)
    expect(tell(picture)).toEqual(['service.created admin >down/down', 'worker.joined join a', 'service.updated join down/down>up/up', 'worker.joined join b'])
  })

  test('only the end of the last one makes it down, and the service then says when it was last seen and how many have joined', () => {
    const { picture, living, see } = pictureOf(worker('a'), worker('b'))
    living.delete(keyOf(worker('a')))
    expect(see()).toEqual(['worker.left session_lost a'])
    living.clear()
    expect(see()).toEqual(['worker.left session_lost b', 'service.updated session_lost up/up>down/down'])
    expect(picture.services.get('u1')?.observed).toMatchObject({ lastSeenUp: '2026-11-28T12:00:00.000Z', reportCount: 2 })
    expect([...picture.lastSeen]).toEqual(['u1'])
  })

  test('a worker that is replaced at once leaves its service up', () => {
    const { living, see } = pictureOf(worker('a'))
    living.clear()
    living.set(keyOf(worker('b')), worker('b'))
    expect(see()).toEqual(['worker.joined join b', 'worker.left session_lost a'])
  })

  test.each([
    ['leave', { hasLeft: () => true, wasWatched: () => true }, 1],
    ['session_lost', watched, 1],
    ['gone', watched, null],
    ['unknown', { hasLeft: () => false, wasWatched: () => false }, 1],
  ] as const)('one that goes is told as %s where that is what is known', (cause, departures, incarnation) => {
    const { living, see } = pictureOf(worker('a', { incarnation }))
    living.clear()
    expect(see(departures)[0]).toBe(`worker.left ${cause} a`)
  })

  test('a rejoin is one update, and how far behind its event loop is no change at all', () => {
    const { living, see } = pictureOf(worker('a'))
    living.set(keyOf(worker('a')), worker('a', { lagMs: 5000 }))
    expect(see()).toEqual([])
    living.set(keyOf(worker('a')), worker('a', { incarnation: 2 }))
    expect(see()).toEqual(['worker.updated join a'])
  })

  test('what is seen twice is told once, also by a picture that was stored and read again', () => {
    const { picture, living, see } = pictureOf(worker('a'))
    expect(see()).toEqual([])
    const again = new Picture(picture.workers.values(), picture.services.values())
    again.see(living.keys(), living, watched, at)
    expect(tell(again)).toEqual([])
    expect([again.touchedWorkers.size, again.touchedServices.size]).toEqual([0, 0])
  })
})

describe('mass loss', () => {
  const many = Array.from({ length: 10 }, (_, i) => worker(`m${i}`))

  test('six of ten within ten seconds are one, also in parts', () => {
    const { living, see } = pictureOf(...many)
    for (const { memberId } of many.slice(0, 3)) living.delete(keyOf(worker(memberId)))
    expect(see().filter((line) => line.endsWith('massLoss'))).toEqual([])
    for (const { memberId } of many.slice(3, 6)) living.delete(keyOf(worker(memberId)))
    expect(see(watched, at + 9000)).toEqual(['m3', 'm4', 'm5'].map((id) => `worker.left session_lost ${id} massLoss`))
  })

  test('half of them, or four of four, or six with eleven seconds between are none', () => {
    for (const [members, first, second, pause] of [[many, 5, 0, 0], [many.slice(0, 4), 4, 0, 0], [many, 3, 3, 11_000]] as const) {
      const { living, see } = pictureOf(...members)
      const lose = (from: number, count: number, time: number): string[] => {
        for (const { memberId } of members.slice(from, from + count)) living.delete(keyOf(worker(memberId)))
        return see(watched, time)
      }
      expect([...lose(0, first, at), ...lose(first, second, at + pause)].filter((line) => line.includes('massLoss'))).toEqual([])
    }
  })
})

describe('records', () => {
  test('a decision is told with who and why, before and after', () => {
    const { picture } = pictureOf(worker('a'))
    picture.takeStored(stored('updated', record(), { ...record(), status: 'disabled' }, 'c2'), at)
    expect(picture.takeChanges()).toMatchObject([{ id: 'c2', kind: 'service.updated', cause: 'admin', actor: 'ann', reason: 'why', before: { status: 'enabled', effective: 'up' }, after: { status: 'disabled', state: 'up', effective: 'down' } }])
  })

  test('a service that comes after a deletion at the same place is another, up while its workers are', () => {
    const { picture, living } = pictureOf(worker('a'))
    picture.takeStored(stored('deleted', record(), null, 'c2'), at)
    picture.takeStored(stored('created', null, record('u2'), 'c3'), at)
    picture.see([], living, watched, at)
    expect(tell(picture)).toEqual(['service.deleted admin up/up>', 'service.created admin >up/up'])
  })

  test('a window is told when it begins and when it ends, and the next look is due at its next boundary', () => {
    const { picture } = pictureOf(worker('a'))
    const window = { note: null, start: new Date(at + 1000).toISOString(), until: new Date(at + 5000).toISOString() }
    picture.takeStored(stored('updated', record(), { ...record(), maintenance: window }, 'c2'), at)
    tell(picture)
    expect(picture.nextBoundary(at)).toBe(at + 1000)
    picture.tick(at + 999)
    expect(tell(picture)).toEqual([])
    picture.tick(at + 1000)
    expect(tell(picture)).toEqual(['service.updated maintenance up/up>up/down'])
    picture.tick(at + 5000)
    expect(tell(picture)).toEqual(['service.updated maintenance up/down>up/up'])
    expect(picture.nextBoundary(at + 5000)).toBe(Infinity)
  })

  test('what records say otherwise and nobody has told is told as unknown, once', () => {
    const { picture } = pictureOf(worker('a'))
    const records = [{ record: { ...record(), status: 'disabled' as const }, changeId: 'c9' }, { record: record('u2', 'h2'), changeId: 'c8' }]
    picture.reconcile(records, new Set(), at)
    expect(tell(picture)).toEqual(['service.updated unknown up/up>up/down', 'service.created unknown >down/down'])
    picture.reconcile(records, new Set(), at)
    picture.reconcile([], new Set(['u1', 'u2']), at)
    expect(tell(picture)).toEqual([])
    picture.reconcile([], new Set(), at)
    expect(tell(picture)).toEqual(['service.deleted unknown up/down>', 'service.deleted unknown down/down>'])
  })
})

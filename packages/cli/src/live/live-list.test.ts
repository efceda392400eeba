import { expect, test } from '@jest/globals'
import type { Worker } from '@muster/servicegroup'

import { LiveList } from './live-list.js'

const worker = (name: string, more: Partial<Worker> = {}): Worker => ({ name, hostname: 'h', process: 1, created: null, group: 'g', type: name, state: 'up', region: null, zone: null, version: null, labels: {}, memberId: name, incarnation: 1, uuid: null, ...more })
const shown = (list: LiveList, now: number): string[] => list.rows(now).map(({ worker: { name, zone }, mark }) => `${name}${zone ?? ''} ${mark ?? '-'}`)

test('nothing is known before the first list, and nothing of the first list is news', () => {
  const list = new LiveList()
  expect([list.isKnown, list.size]).toEqual([false, 0])
  list.begin([{ type: 'joined', worker: worker('b') }, { type: 'joined', worker: worker('a') }])
  expect([list.isKnown, list.size, shown(list, 0)]).toEqual([true, 2, ['a -', 'b -']])
})

test('what came, changed or went is marked for a moment, and what went is then no longer shown', () => {
  const list = new LiveList()
  list.begin([{ type: 'joined', worker: worker('b') }, { type: 'joined', worker: worker('c') }])
  list.apply([{ type: 'joined', worker: worker('a') }, { type: 'left', before: worker('b') }, { type: 'updated', worker: worker('c', { zone: '2' }), before: worker('c'), rejoined: false }], 1000)
  expect([list.size, shown(list, 1500)]).toEqual([2, ['a joined', 'b left', 'c2 updated']])
  expect(shown(list, 4999)).toEqual(['a joined', 'b left', 'c2 updated'])
  expect([list.size, shown(list, 5000)]).toEqual([2, ['a -', 'c2 -']])
})

test('a worker that leaves and comes back at once is one row and counted once', () => {
  const list = new LiveList()
  list.begin([{ type: 'joined', worker: worker('a') }])
  list.apply([{ type: 'left', before: worker('a') }], 0)
  expect(list.size).toBe(0)
  list.apply([{ type: 'joined', worker: worker('a') }], 100)
  expect([list.size, shown(list, 200), shown(list, 9000)]).toEqual([1, ['a joined'], ['a -']])
})

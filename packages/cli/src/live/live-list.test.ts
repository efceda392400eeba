import { expect, test } from '@jest/globals'
import type { Worker, WorkerChange } from '@muster/servicegroup'

import { LiveList } from './live-list.js'
import { workerSubject } from './worker-subject.js'

const worker = (name: string, more: Partial<Worker> = {}): Worker => ({ name, hostname: 'h', process: 1, created: null, group: 'g', type: name, state: 'up', region: null, zone: null, version: null, labels: {}, memberId: name, incarnation: 1, uuid: null, ...more })
const newList = () => new LiveList(workerSubject({}))
const shown = (list: LiveList<Worker, WorkerChange>, now: number): string[] => list.rows(now).map(({ row: { name, zone }, mark }) => `${name}${zone ?? ''} ${mark ?? '-'}`)

test('nothing is known before the first list, and nothing of the first list is news', () => {
  const list = newList()
  expect([list.isKnown, list.size]).toEqual([false, 0])
  list.begin([{ type: 'joined', worker: worker('b') }, { type: 'joined', worker: worker('a') }])
  expect([list.isKnown, list.size, shown(list, 0)]).toEqual([true, 2, ['a -', 'b -']])
})

test('what came, changed or went is marked for a moment, and what went is then no longer shown', () => {
  const list = newList()
  list.begin([{ type: 'joined', worker: worker('b') }, { type: 'joined', worker: worker('c') }])
  list.apply([{ type: 'joined', worker: worker('a') }, { type: 'left', before: worker('b') }, { type: 'updated', worker: worker('c', { zone: '2' }), before: worker('c'), rejoined: false }], 1000)
  expect([list.size, shown(list, 1500)]).toEqual([2, ['a came', 'b went', 'c2 changed']])
  expect(shown(list, 4999)).toEqual(['a came', 'b went', 'c2 changed'])
  expect([list.size, shown(list, 5000)]).toEqual([2, ['a -', 'c2 -']])
})

test('a worker that leaves and comes back at once is one row and counted once', () => {
  const list = newList()
  list.begin([{ type: 'joined', worker: worker('a') }])
  list.apply([{ type: 'left', before: worker('a') }], 0)
  expect(list.size).toBe(0)
  list.apply([{ type: 'joined', worker: worker('a') }], 100)
  expect([list.size, shown(list, 200), shown(list, 9000)]).toEqual([1, ['a came'], ['a -']])
})

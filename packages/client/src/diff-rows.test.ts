import { describe, expect, test } from '@jest/globals'
import type { Worker } from '@muster/servicegroup'

import { diffRows } from './diff-rows.js'
import { workerTopic } from './topic.js'

const worker = (memberId: string, more: Partial<Worker> = {}): Worker => ({
  name: memberId,
  hostname: 'h1',
  process: 7,
  created: '2019-02-10T11:07:15+00:00',
  group: 'vitrage',
  type: 'search',
  state: 'up',
  region: null,
  zone: null,
  version: null,
  labels: {},
  memberId,
  incarnation: 1,
  uuid: null,
  ...more,
})

const a = worker('a')
const b = worker('b')

describe('the difference of two lists', () => {
  test.each([
    ['nothing to nothing', [], [], []],
    ['no change, in another order', [a, b], [worker('b'), worker('a')], []],
    ['the first list', [], [a, b], [{ type: 'joined', worker: a }, { type: 'joined', worker: b }]],
    ['one left, one joined: who left comes first', [a], [b], [{ type: 'left', before: a }, { type: 'joined', worker: b }]],
    ['the same member id in another group is another worker', [a], [worker('a', { group: 'g' })], [
      { type: 'left', before: a },
      { type: 'joined', worker: worker('a', { group: 'g' }) },
    ]],
    ['another label', [a], [worker('a', { labels: { x: '1' } })], [{ type: 'updated', worker: worker('a', { labels: { x: '1' } }), before: a, rejoined: false }]],
    ['a higher incarnation is a rejoin', [a], [worker('a', { incarnation: 2 })], [
      { type: 'updated', worker: worker('a', { incarnation: 2 }), before: a, rejoined: true },
    ]],
    [
      'a member that begins to say its incarnation has rejoined',
      [worker('a', { incarnation: null })],
      [a],
      [{ type: 'updated', worker: a, before: worker('a', { incarnation: null }), rejoined: true }],
    ],
    ['names that run together do not meet', [worker('c', { group: 'a/b' })], [worker('b/c', { group: 'a' })], [
      { type: 'left', before: worker('c', { group: 'a/b' }) },
      { type: 'joined', worker: worker('b/c', { group: 'a' }) },
    ]],
  ])('%s', (_, before, after, changes) => {
    const byIdentity = (workers: readonly Worker[]): Map<string, Worker> => new Map(workers.map((row) => [workerTopic.identityOf(row), row]))
    expect(diffRows(workerTopic, byIdentity(before), byIdentity(after))).toEqual(changes)
  })
})

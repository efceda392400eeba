import { expect, test } from '@jest/globals'

import { compareWorkers, matchesFilter } from './worker-filter.js'
import { describeWorker } from './worker-record.js'

const worker = describeWorker({ group: 'g', name: 'a worker(1)', hostname: 'h' })

test.each([
  [{}, true],
  [{ group: 'g' }, true],
  [{ group: 'G' }, false],
  [{ group: ['x', 'g'], hostname: 'h' }, true],
  [{ group: 'g', hostname: 'other' }, false],
  [{ type: 'a' }, true],
  [{ name: 'a worker(1)', type: ['b'] }, false],
  [{ name: [] }, false],
  [{ name: undefined }, true],
])('the filter %j matches: %s', (filter, matches) => {
  expect(matchesFilter(filter, worker)).toBe(matches)
})

test('a worker without a type matches no type', () => {
  expect(matchesFilter({ type: 'a' }, { ...worker, type: null })).toBe(false)
})

test('workers are ordered by name in code points, then group, host and member id', () => {
  const of = (name: string, group: string, hostname: string | null): typeof worker => ({ ...worker, name, group, hostname })
  const sorted = [of('vitrageuWSGI worker 1', 'a', 'h'), of('a', 'b', 'h'), of('VitrageNotifierService worker(0)', 'a', 'h'), of('a', 'a', 'i'), of('a', 'a', null)].sort(compareWorkers)
  expect(sorted.map(({ name, group, hostname }) => `${name} ${group} ${hostname ?? '-'}`)).toEqual([
    'VitrageNotifierService worker(0) a h',
    'a a -',
    'a a i',
    'a b h',
    'vitrageuWSGI worker 1 a h',
  ])
})

import { expect, test } from '@jest/globals'

import type { WorkerChange } from './worker.js'
import { compareWorkers, matchesFilter, narrowChange } from './worker-filter.js'
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

test('a change is seen by who sees the worker: as what it is, as a join, as a leave, or not at all', () => {
  const renamed = { ...worker, name: 'b' }
  const change: WorkerChange = { type: 'updated', worker: renamed, before: worker, rejoined: false }
  expect(narrowChange({ group: 'g' }, change)).toBe(change)
  expect(narrowChange({ name: 'b' }, change)).toEqual({ type: 'joined', worker: renamed })
  expect(narrowChange({ name: worker.name }, change)).toEqual({ type: 'left', before: worker })
  expect(narrowChange({ name: 'c' }, change)).toBeUndefined()
  expect(narrowChange({ name: 'b' }, { type: 'joined', worker })).toBeUndefined()
  expect(narrowChange({ name: 'b' }, { type: 'left', before: renamed })).toEqual({ type: 'left', before: renamed })
})

import { expect, test } from '@jest/globals'

import { SortedList } from './sorted-list.js'
import type { Worker } from './workers/worker.js'
import { compareWorkers } from './workers/worker-filter.js'
import { describeWorker } from './workers/worker-record.js'

const worker = (name: string): Worker => describeWorker({ group: 'g', name, hostname: 'h' })

test('the list is the same array until something changes, and stays sorted', () => {
  const [a, b, c] = [worker('a'), worker('b'), worker('c')]
  const workers = new SortedList(compareWorkers, [c, a])
  expect(workers.list()).toEqual([a, c])
  expect(workers.list()).toBe(workers.list())
  workers.replace(undefined, b)
  expect(workers.list()).toEqual([a, b, c])
  const renamed = { ...b, name: 'z' }
  workers.replace(b, renamed)
  workers.replace(a, undefined)
  expect(workers.list()).toEqual([c, renamed])
})

test('a worker that comes and goes between two questions is not listed', () => {
  const workers = new SortedList<Worker>(compareWorkers)
  const short = worker('short')
  workers.replace(undefined, short)
  workers.replace(short, undefined)
  expect(workers.list()).toEqual([])
})

test('after a thousand random changes, asked for now and then, it is what sorting all of them gives', () => {
  const workers = new SortedList<Worker>(compareWorkers)
  const there: Worker[] = []
  let state = 7
  const below = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit
  const change = (): void => {
    const before = below(3) > 0 ? there.splice(below(there.length + 1), 1)[0] : undefined
    const after = before && below(2) === 0 ? undefined : worker(`w${below(50)}`)
    if (after) there.push(after)
    workers.replace(before, after)
  }
  for (let count = 0; count < 1000; count += 1) {
    change()
    if (below(5) === 0) expect(workers.list()).toEqual([...there].sort(compareWorkers))
  }
  expect(there.length).toBeGreaterThan(20)
})

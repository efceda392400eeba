import { expect, test } from '@jest/globals'

import { SortedWorkers } from './sorted-workers.js'
import type { Worker, WorkerChange } from './worker.js'
import { compareWorkers } from './worker-filter.js'
import { describeWorker } from './worker-record.js'

const worker = (name: string): Worker => describeWorker({ group: 'g', name, hostname: 'h' })

test('the list is the same array until something changes, and stays sorted', () => {
  const [a, b, c] = [worker('a'), worker('b'), worker('c')]
  const workers = new SortedWorkers([c, a])
  expect(workers.list()).toEqual([a, c])
  expect(workers.list()).toBe(workers.list())
  workers.apply({ type: 'joined', worker: b })
  expect(workers.list()).toEqual([a, b, c])
  const renamed = { ...b, name: 'z' }
  workers.apply({ type: 'updated', worker: renamed, before: b, rejoined: false })
  workers.apply({ type: 'left', before: a })
  expect(workers.list()).toEqual([c, renamed])
})

test('a worker that comes and goes between two questions is not listed', () => {
  const workers = new SortedWorkers([])
  const short = worker('short')
  workers.apply({ type: 'joined', worker: short })
  workers.apply({ type: 'left', before: short })
  expect(workers.list()).toEqual([])
})

test('after a thousand random changes, asked for now and then, it is what sorting all of them gives', () => {
  const workers = new SortedWorkers([])
  const there: Worker[] = []
  let state = 7
  const below = (limit: number): number => (state = (state * 48_271) % 2_147_483_647) % limit
  const next = (): WorkerChange => {
    const before = below(3) > 0 ? there.splice(below(there.length + 1), 1)[0] : undefined
    if (before && below(2) === 0) return { type: 'left', before }
    const joined = worker(`w${below(50)}`)
    there.push(joined)
    return before ? { type: 'updated', worker: joined, before, rejoined: false } : { type: 'joined', worker: joined }
  }
  for (let count = 0; count < 1000; count += 1) {
    workers.apply(next())
    if (below(5) === 0) expect(workers.list()).toEqual([...there].sort(compareWorkers))
  }
  expect(there.length).toBeGreaterThan(20)
})

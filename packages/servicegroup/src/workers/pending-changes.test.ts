import { expect, test } from '@jest/globals'

import { PendingChanges } from './pending-changes.js'
import type { Worker, WorkerChange } from './worker.js'
import { describeWorker } from './worker-record.js'

const a: Worker = { ...describeWorker({ group: 'g', name: 'a', hostname: 'h' }), memberId: 'a' }
const next: Worker = { ...a, incarnation: 2 }
const last: Worker = { ...a, incarnation: 3 }
const other: Worker = { ...a, group: 'other' }

const joined = (worker: Worker): WorkerChange => ({ type: 'joined', worker })
const left = (before: Worker): WorkerChange => ({ type: 'left', before })
const updated = (before: Worker, worker: Worker, rejoined = false): WorkerChange => ({ type: 'updated', worker, before, rejoined })

test.each<[string, WorkerChange[], WorkerChange[]]>([
  ['a worker that came and went: nothing', [joined(a), left(a)], []],
  ['a worker that came and was updated: it came', [joined(a), updated(a, next)], [joined(next)]],
  ['two updates: one', [updated(a, next), updated(next, last)], [updated(a, last)]],
  ['an update with a rejoin and another: a rejoin', [updated(a, next, true), updated(next, last)], [updated(a, last, true)]],
  ['an update and the leave: the leave of what was told', [updated(a, next), left(next)], [left(a)]],
  ['a leave and a new join: a rejoin', [left(a), joined(next)], [updated(a, next, true)]],
  ['the same member id in another group: another worker', [left(a), joined(other)], [left(a), joined(other)]],
  ['what happened last comes last', [joined(a), joined(other), updated(a, next)], [joined(other), joined(next)]],
])('%s', (_, changes, expected) => {
  const pending = new PendingChanges()
  for (const change of changes) pending.add(change)
  expect(pending.take()).toEqual(expected)
  expect(pending.take()).toEqual([])
})

import { compareText } from '@muster/common'

import type { Worker, WorkerChange, WorkerFilter } from './worker.js'

const fields = ['group', 'name', 'hostname', 'type'] as const

/** True when the worker has one of the wanted values in every field that the filter names. */
export function matchesFilter(filter: WorkerFilter, worker: Worker): boolean {
  return fields.every((field) => {
    const wanted = filter[field]
    const value = worker[field]
    if (wanted === undefined) return true
    return value !== null && (typeof wanted === 'string' ? wanted === value : wanted.includes(value))
  })
}

/** What a change is to somebody who sees only the workers that match: the change itself, a join or leave instead, or nothing. */
export function narrowChange(filter: WorkerFilter, change: WorkerChange): WorkerChange | undefined {
  const isBefore = change.type !== 'joined' && matchesFilter(filter, change.before)
  const isAfter = change.type !== 'left' && matchesFilter(filter, change.worker)
  if (change.type !== 'updated') return isBefore || isAfter ? change : undefined
  if (isBefore && isAfter) return change
  if (isAfter) return { type: 'joined', worker: change.worker }
  return isBefore ? { type: 'left', before: change.before } : undefined
}

/** The order of every list: name in code-point order, then group, hostname and member id. */
export function compareWorkers(a: Worker, b: Worker): number {
  return (
    compareText(a.name, b.name) || compareText(a.group, b.group) || compareText(a.hostname ?? '', b.hostname ?? '') || compareText(a.memberId, b.memberId)
  )
}

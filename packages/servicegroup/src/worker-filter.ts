import { compareText } from '@muster/common'

import type { Worker, WorkerFilter } from './worker.js'

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

/** The order of every list: name in code-point order, then group, hostname and member id. */
export function compareWorkers(a: Worker, b: Worker): number {
  return (
    compareText(a.name, b.name) || compareText(a.group, b.group) || compareText(a.hostname ?? '', b.hostname ?? '') || compareText(a.memberId, b.memberId)
  )
}

import { compareText } from '@muster/common'

import type { Worker } from '../workers/worker.js'
import type { Service, ServiceChange, ServiceFilter } from './service.js'

/** By which a list of services can be narrowed, labels apart. */
export const serviceFilterFields = ['uuid', 'type', 'host', 'region', 'zone', 'status', 'state', 'effective'] as const

/** True when the service has one of the wanted values in every field that the filter names, and one of its workers all the labels. */
export function matchesService(filter: ServiceFilter, service: Service, workers: Iterable<Pick<Worker, 'labels'>>): boolean {
  for (const field of serviceFilterFields) {
    const wanted = filter[field]
    if (wanted !== undefined && !isOneOf(wanted, service[field])) return false
  }
  const labels = Object.entries(filter.labels ?? {})
  if (labels.length === 0) return true
  for (const worker of workers) if (labels.every(([label, wanted]) => isOneOf(wanted, worker.labels[label]))) return true
  return false
}

const isOneOf = (wanted: string | readonly string[], value: string | null | undefined): boolean => value !== null && value !== undefined && (typeof wanted === 'string' ? wanted === value : wanted.includes(value))

/** What a change is to somebody who sees only the services that match: the change itself, a creation or deletion instead, or nothing. */
export function narrowServiceChange(matches: (service: Service) => boolean, change: ServiceChange): ServiceChange | undefined {
  const isBefore = change.type !== 'created' && matches(change.before)
  const isAfter = change.type !== 'deleted' && matches(change.service)
  if (change.type !== 'updated') return isBefore || isAfter ? change : undefined
  if (isBefore && isAfter) return change
  if (isAfter) return { type: 'created', service: change.service }
  return isBefore ? { type: 'deleted', before: change.before } : undefined
}

/** The order of every list: by type, then host in code-point order, then uuid. */
export function compareServices(a: Pick<Service, 'type' | 'host' | 'uuid'>, b: Pick<Service, 'type' | 'host' | 'uuid'>): number {
  return compareText(a.type, b.type) || compareText(a.host, b.host) || compareText(a.uuid, b.uuid)
}

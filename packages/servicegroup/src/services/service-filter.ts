import { compareText } from '@muster/common'

import type { Worker } from '../workers/worker.js'
import type { Service, ServiceChange, ServiceFilter } from './service.js'

/** By which a list of services can be narrowed, labels apart. */
export const serviceFilterFields = ['uuid', 'type', 'host', 'region', 'zone', 'status', 'state', 'effective'] as const

/** A service, and its live workers, of which the labels are asked for. */
type Matcher = (service: Service, workers: Iterable<Pick<Worker, 'labels'>>) => boolean

/** Makes the test that a filter is: a service has one of the wanted values in every field that the filter names, and one of its workers all the labels. */
export function serviceMatcher(filter: ServiceFilter): Matcher {
  const fields = serviceFilterFields.flatMap((field) => {
    const wanted = filter[field]
    return wanted === undefined ? [] : [{ field, isWanted: oneOf(wanted) }]
  })
  const labels = Object.entries(filter.labels ?? {}).map(([label, wanted]) => ({ label, isWanted: oneOf(wanted) }))
  const hasLabels = (those: Worker['labels']): boolean => {
    for (const { label, isWanted } of labels) if (!isWanted(those[label])) return false
    return true
  }
  return (service, workers) => {
    for (const { field, isWanted } of fields) if (!isWanted(service[field])) return false
    if (labels.length === 0) return true
    for (const worker of workers) if (hasLabels(worker.labels)) return true
    return false
  }
}

const matchers = new WeakMap<ServiceFilter, Matcher>()

/** Whether a service matches a filter: see `serviceMatcher`, which is made once for each filter. */
export const matchesService: (filter: ServiceFilter, ...of: Parameters<Matcher>) => boolean = (filter, service, workers) => {
  let matcher = matchers.get(filter)
  if (!matcher) matchers.set(filter, (matcher = serviceMatcher(filter)))
  return matcher(service, workers)
}

function oneOf(wanted: string | readonly string[]): (value: string | null | undefined) => boolean {
  if (typeof wanted === 'string') return (value) => value === wanted
  const those = new Set<unknown>(wanted)
  return (value) => those.has(value)
}

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

import type { Entry } from '@muster/coordination/internal'

import type { StoredRecord } from './service-record.js'
import type { Maintenance, Service, ServiceRecord } from './service.js'

/** What is observed of a service, and what a scheduler should use: the one place that decides it. `now`: wall time in ms. */
export function stateOf({ status, forcedDown, maintenance }: Pick<ServiceRecord, 'status' | 'forcedDown' | 'maintenance'>, workers: number, now: number): Pick<Service, 'state' | 'effective'> {
  const state = !forcedDown && workers > 0 ? 'up' : 'down'
  return { state, effective: state === 'up' && status === 'enabled' && !isUnderWay(maintenance, now) ? 'up' : 'down' }
}

/** Whether a window is under way. `now`: wall time in ms. */
export const isUnderWay = (maintenance: Maintenance | null, now: number): boolean => maintenance !== null && Date.parse(maintenance.start) <= now && now < Date.parse(maintenance.until)

/** When a window next begins or ends, wall time in ms; undefined when it is over. */
export function nextBoundary(maintenance: Maintenance | null, now: number): number | undefined {
  if (maintenance === null) return undefined
  return [Date.parse(maintenance.start), Date.parse(maintenance.until)].find((time) => time > now)
}

/** A service as it is observed, in the field order of every list: a window that is over is none. */
export function observe(record: ServiceRecord, workers: number, now: number): Omit<Service, 'createdAt' | 'updatedAt' | 'index'> {
  const { uuid, type, host, region, zone, status, disabledReason, forcedDown, version, reportCount, lastSeenUp } = record
  const maintenance = nextBoundary(record.maintenance, now) === undefined ? null : record.maintenance
  return { uuid, type, host, topic: type.replace(/^nova-/, ''), region, zone, status, ...stateOf({ ...record, maintenance }, workers, now), disabledReason, forcedDown, maintenance, version, reportCount, lastSeenUp }
}

/** A service as it is listed. */
export function toService({ record, changed }: Pick<StoredRecord, 'record' | 'changed'>, entry: Pick<Entry, 'created' | 'modified' | 'createdAt' | 'modifiedAt'>, workers: number, now: number): Service {
  const { modified, modifiedAt } = changed ?? entry
  const times = { createdAt: new Date(entry.createdAt).toISOString(), updatedAt: modified === entry.created ? null : new Date(modifiedAt).toISOString() }
  return { ...observe(record, workers, now), ...times, index: indexOf({ modified }) }
}

/** A revision without the zeros that make it sortable as text. */
export const indexOf = ({ modified }: Pick<Entry, 'modified'>): string => modified.replace(/^0+(?=.)/, '')

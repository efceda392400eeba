import { toAscii } from '@muster/common'
import { encodeKey } from '@muster/coordination/internal'
import type { Address, Entry } from '@muster/coordination/internal'

import { decidedFields } from './service.js'
import type { Decisions, Maintenance, ServiceRecord } from './service.js'

export const serviceCollection = 'services'

export const recordAddress = (uuid: string): Address => ({ collection: serviceCollection, key: encodeKey(uuid) })

/** How many of its latest changes a record names: whoever asks about one later than that cannot be told any more. */
export const rememberedChanges = 32

/** A revision, and its time by the backend's clock, ms. */
type Changed = Pick<Entry, 'modified' | 'modifiedAt'>

/** A record as it is stored, with what other versions of Muster have written beside it. */
export interface StoredRecord {
  readonly record: ServiceRecord
  /** The ids of its latest changes, oldest first. They tell whether a change was carried out whose answer never came. */
  readonly changeIds: readonly string[]
  readonly decisions: Decisions
  /** When the last change was written, if the record was written again since, to note when it was last seen up: that is no change of it. */
  readonly changed?: Changed | undefined
  readonly others: Readonly<Record<string, unknown>>
}

/** The record of a service that has just come. */
export function newRecord(uuid: string, { type, host, region, zone }: Pick<ServiceRecord, 'type' | 'host' | 'region' | 'zone'>): ServiceRecord {
  return { uuid, type, host, region, zone, status: 'enabled', disabledReason: null, forcedDown: false, maintenance: null, version: 0, reportCount: 1, lastSeenUp: null }
}

export function encodeRecord({ record, changeIds, decisions, changed, others }: StoredRecord): Uint8Array {
  return encodeObject({ ...others, ...record, decisions, changeIds: changeIds.slice(-rememberedChanges), ...(changed && { changed }) })
}

/** Undefined for what is no record: another program may have written anything. */
export function decodeRecord({ data }: Pick<Entry, 'data'>): StoredRecord | undefined {
  const stored = decodeObject(data)
  if (typeof stored?.uuid !== 'string' || typeof stored.type !== 'string' || typeof stored.host !== 'string') return undefined
  const record: ServiceRecord = {
    uuid: stored.uuid,
    type: stored.type,
    host: stored.host,
    region: textOrNull(stored.region),
    zone: textOrNull(stored.zone),
    status: stored.status === 'disabled' ? 'disabled' : 'enabled',
    disabledReason: textOrNull(stored.disabledReason),
    forcedDown: stored.forcedDown === true,
    maintenance: decodeMaintenance(stored.maintenance),
    version: countOf(stored.version),
    reportCount: countOf(stored.reportCount),
    lastSeenUp: textOrNull(stored.lastSeenUp),
  }
  return { record, changeIds: textsOf(stored.changeIds), decisions: decodeDecisions(stored.decisions), changed: decodeChanged(stored.changed), others: withoutKeys(stored, [...Object.keys(record), 'decisions', 'changeIds', 'changed', 'v']) }
}

function decodeChanged(value: unknown): Changed | undefined {
  if (!isObject(value) || typeof value.modified !== 'string' || typeof value.modifiedAt !== 'number') return undefined
  return { modified: value.modified, modifiedAt: value.modifiedAt }
}

function decodeDecisions(value: unknown): Decisions {
  const stored = isObject(value) ? value : {}
  return Object.fromEntries(
    decidedFields.flatMap((field) => {
      const decision = stored[field]
      if (!isObject(decision) || typeof decision.actor !== 'string' || typeof decision.at !== 'string') return []
      return [[field, { actor: decision.actor, source: textOrNull(decision.source), at: decision.at, reason: textOrNull(decision.reason) }]]
    }),
  )
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function decodeMaintenance(value: unknown): Maintenance | null {
  if (!isObject(value) || typeof value.start !== 'string' || typeof value.until !== 'string') return null
  return { note: textOrNull(value.note), start: value.start, until: value.until }
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const countOf = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0)
export const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [])

/** What is there beside these: fields of another version of Muster. */
export const withoutKeys = (stored: Readonly<Record<string, unknown>>, known: readonly string[]): Record<string, unknown> => Object.fromEntries(Object.entries(stored).filter(([key]) => !known.includes(key)))

/** What Muster stores carries its version, in ASCII. */
export const encodeObject = (stored: Readonly<Record<string, unknown>>): Uint8Array => Buffer.from(toAscii(JSON.stringify({ ...stored, v: 1 })), 'ascii')

/** Undefined when the bytes are no JSON object. */
export function decodeObject(data: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString())
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

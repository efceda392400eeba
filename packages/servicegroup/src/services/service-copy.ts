import { newRecord } from './service-record.js'
import type { StoredRecord } from './service-record.js'
import { patchFields } from './service-patch.js'
import { nextBoundary } from './service-state.js'
import type { Decisions, ServiceRecord } from './service.js'

/**
 * A service as another backend can take it over. What is not named is not known: it stays as it is there, or is as in a service that has
 * just come.
 */
export interface ServiceCopy extends Pick<ServiceRecord, 'type' | 'host'>, Partial<Omit<ServiceRecord, 'type' | 'host'>> {
  readonly decisions?: Decisions
  /** What other versions of Muster have written beside it. */
  readonly others?: Readonly<Record<string, unknown>>
}

/** A field in which a service is not as its copy wants it. */
export interface FieldDifference {
  readonly field: string
  readonly is: unknown
  readonly wanted: unknown
}

/**
 * What a service would have to become to be as its copy: the fields that an administrator decides, and those of other versions of Muster.
 * A window that is over is none. `now`: wall time in ms.
 */
export function differencesOf(wanted: ServiceCopy, is: ServiceCopy, now = Date.now()): FieldDifference[] {
  const administrative = patchFields.flatMap((field) => (wanted[field] === undefined ? [] : [{ field, is: present(is, field, now), wanted: present(wanted, field, now) }]))
  const others = Object.entries(wanted.others ?? {}).map(([field, value]) => ({ field, is: is.others?.[field] ?? null, wanted: value }))
  return [...administrative, ...others].filter((field) => JSON.stringify(field.is) !== JSON.stringify(field.wanted))
}

function present(copy: ServiceCopy, field: (typeof patchFields)[number], now: number): unknown {
  const isOver = field === 'maintenance' && nextBoundary(copy.maintenance ?? null, now) === undefined
  return isOver ? null : (copy[field] ?? null)
}

export const copyOf = ({ record, decisions, others }: StoredRecord): ServiceCopy => ({ ...record, decisions, others })

/** The record as the copy wants it; the same object when it is so already. `now`: wall time in ms. */
export function layOver(stored: StoredRecord, copy: ServiceCopy, now: number): StoredRecord {
  const differences = differencesOf(copy, copyOf(stored), now)
  if (differences.length === 0) return stored
  const [known, others] = [differences.filter(isKnown), differences.filter((difference) => !isKnown(difference))].map((those) => Object.fromEntries(those.map(({ field, wanted }) => [field, wanted])))
  return { ...stored, record: { ...stored.record, ...known }, others: { ...stored.others, ...others } }
}

const isKnown = ({ field }: FieldDifference): boolean => (patchFields as readonly string[]).includes(field)

/** What the copy's record begins as where nobody has joined yet. */
export function blankRecord(uuid: string, { type, host, reportCount = 0, lastSeenUp = null }: ServiceCopy): StoredRecord {
  return { record: { ...newRecord(uuid, { type, host, region: null, zone: null }), reportCount, lastSeenUp }, changeIds: [], decisions: {}, others: {} }
}

import type { ServiceCopy } from '@muster/servicegroup'

import type { Contents, Unusable } from './contents.js'
import type { NovaAnswer } from './nova-api.js'

const uuidShape = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** What is carried over of Nova's fields; the rest is told. */
const carried: ReadonlySet<string> = new Set(['binary', 'host', 'zone', 'status', 'disabled_reason', 'forced_down'])

const reasons: Readonly<Record<string, string>> = {
  id: 'a number of that Nova; each service gets a uuid, unless it has one',
  state: 'observed by that Nova; here it follows from the workers that live',
  updated_at: 'the target writes its own times',
}

/** Nova's table of services as copies. @see Nova's api-ref, os-services */
export function readNovaServices({ rows }: NovaAnswer): Contents {
  const services: ServiceCopy[] = []
  const unusable: Unusable[] = []
  for (const row of rows.filter(isObject)) {
    const uuid = uuidOf(row)
    const [type, host] = [textOrNull(row.binary), textOrNull(row.host)]
    const isKnown = row.status === 'enabled' || row.status === 'disabled'
    if (type && host && isKnown) services.push(toCopy(row, { type, host, ...(uuid !== null && { uuid }) }))
    else unusable.push({ type, host, uuid, reason: row.status === 'UNKNOWN' ? 'its cell does not answer that Nova: run this again when it does' : 'Nova tells no binary, host or status' })
  }
  return { services, unusable }
}

function toCopy(row: Readonly<Record<string, unknown>>, id: Pick<ServiceCopy, 'type' | 'host' | 'uuid'>): ServiceCopy {
  const status = row.status === 'disabled' ? 'disabled' : 'enabled'
  return {
    ...id,
    zone: textOrNull(row.zone),
    status,
    disabledReason: status === 'disabled' ? textOrNull(row.disabled_reason) : null,
    ...(typeof row.forced_down === 'boolean' && { forcedDown: row.forced_down }),
  }
}

/** The fields that are not carried over, each once, and why. */
export function tellLeftFields({ minor, rows }: NovaAnswer): string[] {
  const counts = new Map<string, number>()
  for (const row of rows.filter(isObject)) {
    const left = Object.keys(row).filter((field) => !carried.has(field) && !(field === 'id' && uuidOf(row) !== null))
    for (const field of left) counts.set(field, (counts.get(field) ?? 0) + 1)
  }
  const told = [...counts].map(([field, count]) => `${field} of ${count}: ${reasons[field] ?? 'there is no such field here'}`)
  return minor < 11 ? [...told, 'forced_down: this Nova does not tell it, which begins with version 2.11'] : told
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const uuidOf = ({ id }: Readonly<Record<string, unknown>>): string | null => (typeof id === 'string' && uuidShape.test(id) ? id.toLowerCase() : null)

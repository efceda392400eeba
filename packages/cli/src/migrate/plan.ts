import { differencesOf } from '@muster/servicegroup'
import type { FieldDifference, ServiceCopy } from '@muster/servicegroup'

import { cellText } from '../output/cell.js'
import type { Cell } from '../output/cell.js'
import type { Contents } from './contents.js'

/** What is to become of a service, or has: `to create` and `to update` until it is done. */
export type Outcome = 'to create' | 'to update' | 'created' | 'updated' | 'same' | 'skipped' | 'failed' | 'differs'

/** A line of the report. */
export interface Row {
  readonly type: string | null
  readonly host: string | null
  /** That of the target, where the service is there. */
  readonly uuid: string | null
  readonly outcome: Outcome
  readonly detail: string
}

/** What is to be carried over, and a line for everything that there is in the source: that of a service under its place. */
export interface Plan {
  readonly toCarry: readonly ServiceCopy[]
  readonly rows: Map<string, Row>
}

type Found = ServiceCopy & { readonly uuid: string }

/** Compares a source with its target. `now`: wall time in ms. */
export function makePlan({ services, unusable }: Contents, target: readonly Found[], now = Date.now()): Plan {
  const there = byPlace(target)
  const rows = new Map<string, Row>()
  const toCarry: ServiceCopy[] = []
  for (const [index, copy] of services.entries()) {
    const place = placeOf(copy)
    if (rows.has(place)) {
      rows.set(`${place} ${index}`, { ...idOf(copy), uuid: copy.uuid ?? null, outcome: 'skipped', detail: 'another service of this type and host goes before it' })
      continue
    }
    const found = there.get(place)
    const differences = found && differencesOf(copy, found, now)
    if (differences?.length !== 0) toCarry.push(copy)
    const outcome = differences === undefined ? 'to create' : differences.length === 0 ? 'same' : 'to update'
    rows.set(place, rowOf(copy, found?.uuid ?? copy.uuid ?? null, outcome, describe(differences ?? [])))
  }
  for (const [index, { reason, ...one }] of unusable.entries()) rows.set(`unusable ${index}`, { ...one, outcome: 'skipped', detail: reason })
  return { toCarry, rows }
}

/** The line of a service that has one uuid there, and perhaps had another. */
export function rowOf(copy: ServiceCopy, uuid: string | null, outcome: Outcome, detail: string): Row {
  const had = copy.uuid === undefined || copy.uuid === uuid ? '' : `its uuid was ${copy.uuid}`
  return { ...idOf(copy), uuid, outcome, detail: [detail, had].filter((part) => part !== '').join('; ') }
}

/** A line for each place where the target does not have a service as the source has it. */
export function findDifferences({ services }: Contents, target: readonly Found[], now = Date.now()): ReadonlyMap<string, Row> {
  const there = byPlace(target)
  return new Map(
    services.flatMap((copy) => {
      const found = there.get(placeOf(copy))
      const differences = found && differencesOf(copy, found, now)
      if (differences?.length === 0) return []
      return [[placeOf(copy), rowOf(copy, found?.uuid ?? null, 'differs', differences ? describe(differences) : 'is not in the target')]]
    }),
  )
}

/** Tells services apart: by type and host. */
export const placeOf = ({ type, host }: Pick<ServiceCopy, 'type' | 'host'>): string => JSON.stringify([type, host])

const idOf = ({ type, host }: ServiceCopy): Pick<Row, 'type' | 'host'> => ({ type, host })
const byPlace = (services: readonly Found[]): ReadonlyMap<string, Found> => new Map(services.map((service) => [placeOf(service), service]))
const describe = (differences: readonly FieldDifference[]): string => differences.map(({ field, is, wanted }) => `${field}: ${inWords(is)} -> ${inWords(wanted)}`).join(', ')
const inWords = (value: unknown): string => (typeof value === 'object' && value !== null ? JSON.stringify(value) : cellText(value as Cell, 'none'))

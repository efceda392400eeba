import { encodeKey } from '@muster/coordination/internal'
import type { Address, Entry } from '@muster/coordination/internal'

import { decodeObject, encodeObject, textsOf, withoutKeys } from './service-record.js'

/**
 * What joins and deletions of one type and host meet at. It is never deleted, so that its version tells a deletion whether anybody has
 * joined since it looked.
 */
export interface Gate {
  /** The service that is registered; null when there is none. */
  readonly uuid: string | null
  /** The members that were alive at a forced deletion: they stay workers without a service. */
  readonly tombstone: readonly string[]
  /** The id of the last deletion's change. */
  readonly deletedBy: string | null
  readonly others: Readonly<Record<string, unknown>>
}

export const noGate: Gate = { uuid: null, tombstone: [], deletedBy: null, others: {} }

/** Tells services apart: `type@host`. */
export const placeOf = (type: string, host: string): string => `${type.replace(/[%@]/g, encodeURIComponent)}@${host}`

export const gateAddress = (type: string, host: string): Address => ({ collection: 'gates', key: encodeKey(placeOf(type, host)) })

export const encodeGate = ({ uuid, tombstone, deletedBy, others }: Gate): Uint8Array => encodeObject({ ...others, uuid, tombstone, deletedBy })

export function decodeGate(entry: Entry | undefined): Gate {
  if (!entry) return noGate
  const stored = decodeObject(entry.data) ?? {}
  const { uuid, tombstone, deletedBy } = stored
  return { uuid: typeof uuid === 'string' ? uuid : null, tombstone: textsOf(tombstone), deletedBy: typeof deletedBy === 'string' ? deletedBy : null, others: withoutKeys(stored, ['v', 'uuid', 'tombstone', 'deletedBy']) }
}

import type { Session } from '@muster/coordination/internal'

import { copyOf } from './service-copy.js'
import type { ServiceCopy } from './service-copy.js'
import { compareServices } from './service-filter.js'
import { decodeRecord, serviceCollection } from './service-record.js'

/** All services of a backend, and what it is that they are kept in. */
export interface CopiedServices {
  /** Identity of the store; empty while nothing was ever written to it. */
  readonly storeId: string
  /** By type, then host. */
  readonly services: readonly (ServiceCopy & { readonly uuid: string })[]
  /** The keys of records that are none, or that may not be read. */
  readonly unreadable: readonly string[]
}

/** As `ServiceGroup.copyServices`. */
export async function copyServices(session: Session, signal: AbortSignal | undefined): Promise<CopiedServices> {
  const { entries } = await session.list(serviceCollection, { consistent: true, signal })
  const unreadable: string[] = []
  const services = entries.flatMap((entry) => {
    const stored = decodeRecord(entry)
    if (!stored) unreadable.push(entry.key)
    return stored ? [{ ...copyOf(stored), uuid: stored.record.uuid }] : []
  })
  return { storeId: session.storeId, services: services.sort(compareServices), unreadable: unreadable.sort() }
}

/** What a backend holds besides its services. */
export const otherContents = ['groups', 'locks', 'outbox', 'tokens', 'webhooks'] as const

/** As `ServiceGroup.countOthers`. */
export async function countOthers(session: Session, signal: AbortSignal | undefined): Promise<Record<(typeof otherContents)[number], number>> {
  const counts = await Promise.all(otherContents.map(async (collection) => [collection, await session.count(collection, { signal })] as const))
  return Object.fromEntries(counts) as Record<(typeof otherContents)[number], number>
}

import { isMusterError } from '@muster/common'
import { Rejected } from '@muster/coordination/internal'
import type { Op, Session } from '@muster/coordination/internal'

import { decodeObject, encodeObject } from './service-record.js'
import type { ServiceRecord } from './service.js'

/** One committed change of a service's record. It is written with the record, and stays until it is in a history or too many others have come. */
export interface Change {
  readonly id: string
  readonly type: 'created' | 'updated' | 'deleted'
  /** `join`: a worker has registered it. */
  readonly cause: 'join' | 'admin'
  /** Who did it: a person, or the member id of the worker. */
  readonly actor: string
  readonly source: string | null
  readonly reason: string | null
  readonly before: ServiceRecord | null
  readonly after: ServiceRecord | null
}

export const outboxCollection = 'outbox'
const collection = outboxCollection
const gapAddress = { collection: 'meta', key: 'outbox-gap' }
const mostEntries = 10_000
const removedAtOnce = 90
const mostAttempts = 5

export const appendChange = ({ id, ...change }: Change): Op => ({ op: 'append', collection, nonce: id, infix: '-', data: encodeObject({ id, ...change }) })

/** A change that waits, and under which key. `at`: when it was committed, by the backend's clock, ms. */
export interface OutboxEntry {
  readonly key: string
  readonly at: number
  readonly change: Change
}

/** The changes that wait, oldest first. */
export async function readOutbox(session: Session, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<OutboxEntry[]> {
  const { entries } = await session.list(collection, { consistent: true, signal })
  return entries
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .flatMap(({ key, createdAt, data }) => {
      const change = decodeObject(data) as Change | undefined
      return change ? [{ key, at: createdAt, change }] : []
    })
}

const sequenceOf = (key: string): number => Number(key.slice(-10))

/**
 * Makes room for another change where nobody takes them away: the oldest go, and `meta/outbox-gap` says which. Workers may not do
 * that where there are ACLs: they go on without it, and the next administrator's change makes the room.
 */
export async function makeRoom(session: Session, signal?: AbortSignal): Promise<void> {
  if ((await session.count(collection, { signal })) < mostEntries) return
  for (let attempt = 1; ; attempt += 1) {
    const [keys, gap] = await Promise.all([session.keys(collection, { signal }), session.read(gapAddress, { signal })])
    if (keys.length < mostEntries) return
    const oldest = keys.sort((a, b) => sequenceOf(a) - sequenceOf(b)).slice(0, removedAtOnce)
    const known = gap && decodeObject(gap.data)
    const data = encodeObject({ from: known?.from ?? sequenceOf(oldest[0] ?? ''), to: sequenceOf(oldest.at(-1) ?? ''), count: Number(known?.count ?? 0) + oldest.length })
    const note: Op = gap ? { op: 'put', at: gapAddress, data, version: gap.version } : { op: 'create', at: gapAddress, data }
    try {
      await session.commit([...oldest.map((key): Op => ({ op: 'delete', at: { collection, key } })), note], { signal })
      return
    } catch (error) {
      if (isMusterError(error, 'not_allowed')) return
      // Others have made the room, or will be seen to have: it is theirs to report.
      if (attempt === mostAttempts || !(error instanceof Rejected || isMusterError(error, 'outcome_unknown'))) throw error
    }
  }
}

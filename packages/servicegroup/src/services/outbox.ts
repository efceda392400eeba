import { isMusterError } from '@muster/common'
import { limits, Rejected } from '@muster/coordination/internal'
import type { Op, Session, Version } from '@muster/coordination/internal'

import { decodeObject, encodeObject } from './service-record.js'
import type { ServiceRecord } from './service.js'

/** One committed change of a service's record. It is written with the record, and stays until it is in a history or too many others have come. */
export interface Change {
  readonly id: string
  readonly type: 'created' | 'updated' | 'deleted'
  /** `join`: a worker has registered it. `adopted`: an observer has, for workers that cannot. */
  readonly cause: 'join' | 'admin' | 'adopted'
  /** Who did it: a person, or the member id of the worker. */
  readonly actor: string
  readonly source: string | null
  readonly reason: string | null
  readonly before: ServiceRecord | null
  readonly after: ServiceRecord | null
}

/** A worker that has left its group of its own accord; told only where somebody keeps a history. */
export interface Departure {
  readonly id: string
  readonly type: 'left'
  readonly group: string
  readonly memberId: string
}

/** Which changes were removed before anybody took them: from the first to the last number, and how many. */
export interface OutboxGap {
  readonly from: number
  readonly to: number
  readonly count: number
}

export const outboxCollection = 'outbox'
const collection = outboxCollection
const gapAddress = { collection: 'meta', key: 'outbox-gap' }
const mostEntries = 10_000
const removedAtOnce = 90
const mostAttempts = 5

export const appendChange = ({ id, ...change }: Change | Departure): Op => ({ op: 'append', collection, nonce: id, infix: '-', data: encodeObject({ id, ...change }) })

/** What waits, and under which key. `at`: when it was committed, by the backend's clock, ms. */
export interface OutboxEntry<Kind extends Change | Departure = Change> {
  readonly key: string
  readonly at: number
  readonly change: Kind
}

/** All that waits, oldest first. */
export async function readWaiting(session: Session, signal?: AbortSignal): Promise<OutboxEntry<Change | Departure>[]> {
  const { entries } = await session.list(collection, { consistent: true, signal })
  return entries
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .flatMap(({ key, createdAt, data }) => {
      const change = decodeObject(data) as Change | Departure | undefined
      return change ? [{ key, at: createdAt, change }] : []
    })
}

/** The changes that wait, oldest first. */
export async function readOutbox(session: Session, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<OutboxEntry[]> {
  return (await readWaiting(session, signal)).flatMap(({ change, ...entry }) => (change.type === 'left' ? [] : [{ ...entry, change }]))
}

/** What was removed untaken, and the version of the note that says so. */
export async function readGap(session: Session, signal?: AbortSignal): Promise<{ gap: OutboxGap; version: Version } | undefined> {
  const entry = await session.read(gapAddress, { signal })
  const { from, to, count } = (entry && decodeObject(entry.data)) ?? {}
  return entry && { gap: { from: Number(from ?? 0), to: Number(to ?? 0), count: Number(count ?? 0) }, version: entry.version }
}

/** Takes away what has been taken in, a hundred at a time. What a sudden end of the host brings back is taken in again, by its id not twice. */
export async function clearOutbox(session: Session, keys: readonly string[], signal?: AbortSignal): Promise<void> {
  const options = { durable: false, signal }
  for (let from = 0; from < keys.length; from += limits.commitOps) {
    const some = keys.slice(from, from + limits.commitOps)
    try {
      await session.commit(some.map((key): Op => ({ op: 'delete', at: { collection, key } })), options)
    } catch (error) {
      if (!(error instanceof Rejected)) throw error // one is gone already: the others one by one
      for (const key of some) await session.commit([{ op: 'delete', at: { collection, key } }], options).catch(unlessRejected)
    }
  }
}

/** Takes the note of a gap away, unless it tells of more by now. */
export async function clearGap(session: Session, version: Version, signal?: AbortSignal): Promise<void> {
  await session.commit([{ op: 'delete', at: gapAddress, version }], { signal }).catch(unlessRejected)
}

function unlessRejected(error: unknown): void {
  if (!(error instanceof Rejected)) throw error
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

import { Closed } from '@muster/common'
import type { Sql } from '@muster/database'

import type { Batch, Change, Entry } from '../../contract.js'
import type { Subscription } from './sql-feed.js'
import { entryColumns, keptRevisions, toEntry, toRevision } from './sql-paths.js'
import type { EntryRow } from './sql-paths.js'
import type { SqlStore } from './sql-store.js'

export interface Snapshot {
  entries: Entry[]
  revision: number
}

/** Which store it is and how far it has got; read in the same transaction as what depends on it. */
export interface Place {
  storeId: string
  revision: number
}

export function placeOf(sql: Sql): Place {
  const row = sql.get<{ store_id: string; revision: number }>('SELECT store_id, revision FROM store')
  return { storeId: row?.store_id ?? '', revision: row?.revision ?? 0 }
}

/** The whole of a collection, in the order of keys. */
export function listEntries(sql: Sql, namespace: string, collection: string): Snapshot {
  const rows = sql.all<EntryRow>(`SELECT ${entryColumns} FROM entries WHERE namespace = ? AND collection = ? ORDER BY key`, namespace, collection)
  return { entries: rows.map(toEntry), revision: placeOf(sql).revision }
}

/** The keys of a collection. */
export const listKeys = (sql: Sql, namespace: string, collection: string): string[] =>
  sql.all<{ key: string }>('SELECT key FROM entries WHERE namespace = ? AND collection = ?', namespace, collection).map(({ key }) => key)

interface Delta {
  place: Place
  entries: Entry[]
  /** `entries` is the whole collection, not only what changed. */
  whole: boolean
  deletedKeys: string[]
}

const absent: Delta = { place: { storeId: '', revision: 0 }, entries: [], whole: true, deletedKeys: [] }

function readDelta(sql: Sql, namespace: string, collection: string, seen: Place | undefined): Delta {
  const place = placeOf(sql)
  if (seen?.storeId !== place.storeId || place.revision - seen.revision >= keptRevisions) {
    return { place, entries: listEntries(sql, namespace, collection).entries, whole: true, deletedKeys: [] }
  }
  const since = seen.revision
  const rows = sql.all<EntryRow>(`SELECT ${entryColumns} FROM entries WHERE modified > ? AND namespace = ? AND collection = ?`, since, namespace, collection)
  const deleted = sql.all<{ key: string }>('SELECT DISTINCT key FROM deletions WHERE revision > ? AND namespace = ? AND collection = ?', since, namespace, collection)
  return { place, entries: rows.map(toEntry), whole: false, deletedKeys: deleted.map(({ key }) => key) }
}

/** Turns what was read into changes and brings `known` up to date: deletions first, a re-created key being one and a put. */
function applyDelta(known: Map<string, Entry>, { whole, entries, deletedKeys }: Delta): Change[] {
  const changes: Change[] = []
  const remove = (key: string): void => {
    const before = known.get(key)
    if (before === undefined) return // came and went between two looks
    known.delete(key)
    changes.push({ type: 'delete', before })
  }
  for (const key of deletedKeys) remove(key)
  if (whole) {
    const found = new Map(entries.map((entry) => [entry.key, entry]))
    for (const [key, { created }] of [...known]) if (found.get(key)?.created !== created) remove(key)
  }
  for (const entry of entries) {
    const before = known.get(entry.key)
    if (before?.version === entry.version) continue
    known.set(entry.key, entry)
    changes.push(before === undefined ? { type: 'put', entry } : { type: 'put', entry, before })
  }
  return changes
}

/**
 * The watch of one collection. It keeps what it has told and reads what differs when it is asked for the next
 * batch, so a slow reader costs one map and no buffer.
 */
export async function* watchCollection(
  store: SqlStore,
  subscription: Subscription,
  { namespace, timeoutMs, signal }: { namespace: string; timeoutMs: number; signal: AbortSignal | undefined },
): AsyncGenerator<Batch, void> {
  const { collection } = subscription
  const known = new Map<string, Entry>()
  let seen: Place | undefined
  try {
    for (;;) {
      const wake = await subscription.next(signal)
      if (wake === 'aborted') return
      if (wake === 'closed') throw new Closed('The session')
      const delta = await readPatiently(() => store.read((sql) => readDelta(sql, namespace, collection, seen), absent, { timeoutMs, signal }), subscription, signal)
      if (delta === undefined) continue
      const first = seen === undefined
      seen = delta.place
      const changes = applyDelta(known, delta)
      if (first || changes.length > 0) yield { reset: first, synced: true, revision: toRevision(seen.revision), changes }
    }
  } finally {
    subscription.close()
  }
}

/** A read that fails does not end the watch: it is tried again at the next sign of life, at the latest after a second. */
async function readPatiently<T>(read: () => Promise<T>, subscription: Subscription, signal: AbortSignal | undefined): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (signal?.aborted) return undefined
    if ((error as { code?: unknown }).code === 'closed') throw error
    setTimeout(() => subscription.mark(), 1000)
    return undefined
  }
}

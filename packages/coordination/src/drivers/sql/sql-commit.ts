import { TooLarge } from '@muster/common'
import type { Sql } from '@muster/database'

import { isEphemeral } from '../../check-ops.js'
import { limits, Rejected } from '../../contract.js'
import type { Address, Op, RejectedReason } from '../../contract.js'
import { groupOf, keptRevisions, lockOf, toRevision, toSequence } from './sql-paths.js'

/**
 * Takes the next revision and forgets the deletions that are too old by it. Every commit does this first, so the order
 * of revisions is the order of commits.
 */
export function nextRevision(sql: Sql): number {
  const revision = sql.get<{ revision: number }>('UPDATE store SET revision = revision + 1 RETURNING revision')?.revision ?? 0
  sql.run('DELETE FROM deletions WHERE revision < ?', revision - keptRevisions)
  return revision
}

/** Remembers a deletion for watchers. */
function recordDeletion(sql: Sql, revision: number, namespace: string, collection: string, key: string): void {
  sql.run('INSERT OR IGNORE INTO deletions VALUES (?, ?, ?, ?)', revision, namespace, collection, key)
}

/** Removes every entry of a session, then the session. */
export function removeSession(sql: Sql, revision: number, session: string): void {
  for (const { namespace, collection, key } of sql.all<{ namespace: string; collection: string; key: string }>(
    'SELECT namespace, collection, key FROM entries WHERE owner = ?',
    session,
  )) {
    recordDeletion(sql, revision, namespace, collection, key)
  }
  sql.run('DELETE FROM entries WHERE owner = ?', session)
  sql.run('DELETE FROM sessions WHERE id = ?', session)
}

interface Found {
  created: number
  modified: number
}

/** Applies the ops of one commit within one transaction; throws `Rejected` at the first that cannot be. Returns the keys, one per op. */
export function applyOps(sql: Sql, ops: readonly Op[], { namespace, session, now }: { namespace: string; session: string; now: number }): { revision: string; keys: string[] } {
  const revision = nextRevision(sql)

  const find = ({ collection, key }: Address): Found | undefined =>
    sql.get<Found>('SELECT created, modified FROM entries WHERE namespace = ? AND collection = ? AND key = ?', namespace, collection, key)
  const insert = ({ collection, key }: Address, data: Uint8Array, ephemeral: boolean | undefined, sequence: number | null): void => {
    sql.run(
      "INSERT INTO entries VALUES (?, ?, ?, coalesce(?, x''), ?, ?, ?, ?, ?, ?)",
      ...[namespace, collection, key, data, revision, revision, now, now, sequence, ephemeral === true ? session : null],
    )
  }
  const remove = ({ collection, key }: Address): void => {
    sql.run('DELETE FROM entries WHERE namespace = ? AND collection = ? AND key = ?', namespace, collection, key)
    recordDeletion(sql, revision, namespace, collection, key)
  }
  const isEmpty = (collection: string): boolean => !sql.get('SELECT 1 FROM entries WHERE namespace = ? AND collection = ? LIMIT 1', namespace, collection)
  const nameLock = (collection: string): void => {
    const at = { collection: 'locks', key: lockOf(collection) ?? '' }
    if (at.key !== '' && !find(at)) insert(at, new Uint8Array(), false, null) // for ever, as its directory on ZooKeeper
  }
  const takeSequence = (collection: string): number =>
    sql.get<{ taken: number }>(
      'INSERT INTO sequences VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET next = next + 1 RETURNING next - 1 AS taken',
      namespace,
      collection,
    )?.taken ?? 0

  const keys = ops.map((op, index) => {
    const reject = (reason: RejectedReason): never => {
      throw new Rejected(index, reason)
    }
    const mustHaveGroup = (collection: string): void => {
      const group = groupOf(collection)
      if (group !== undefined && !find({ collection: 'groups', key: group })) reject('no-collection')
    }
    const mustMatch = (at: Address, version: string | undefined): void => {
      const found = find(at)
      if (!found) reject('missing')
      else if (version !== undefined && version !== toRevision(found.modified)) reject('conflict')
    }
    switch (op.op) {
      case 'create':
        mustHaveGroup(op.at.collection)
        if (find(op.at)) reject('exists')
        insert(op.at, op.data, op.ephemeral, null)
        return op.at.key
      case 'append': {
        mustHaveGroup(op.collection)
        nameLock(op.collection)
        const sequence = takeSequence(op.collection)
        const key = `${op.nonce}${op.infix ?? ''}${toSequence(sequence)}`
        insert({ collection: op.collection, key }, op.data, op.ephemeral, sequence)
        return key
      }
      case 'put':
        mustMatch(op.at, op.version)
        sql.run(
          "UPDATE entries SET data = coalesce(?, x''), modified = ?, modified_at = ? WHERE namespace = ? AND collection = ? AND key = ?",
          ...[op.data, revision, now, namespace, op.at.collection, op.at.key],
        )
        return op.at.key
      case 'delete':
        mustMatch(op.at, op.version)
        if (op.at.collection === 'groups' && !(isEmpty(`members/${op.at.key}`) && isEmpty(`leader/${op.at.key}`))) reject('not-empty')
        remove(op.at)
        return op.at.key
      case 'replace': {
        const found = find(op.entry)
        if (!found || toRevision(found.created) !== op.entry.created) reject('conflict')
        remove(op.entry)
        insert(op.entry, op.data, true, null)
        return op.entry.key
      }
      case 'check':
        mustMatch(op.at, op.version)
        return op.at.key
    }
  })
  if (ops.some(isEphemeral)) mustHold(sql, session)
  return { revision: toRevision(revision), keys }
}

/** @throws TooLarge when the session has more entries, or longer paths (each counted with 4 bytes more), than a session may. */
function mustHold(sql: Sql, session: string): void {
  const { entries, bytes } = sql.get<{ entries: number; bytes: number }>(
    'SELECT count(*) AS entries, total(length(namespace) + length(collection) + length(key) + 7) AS bytes FROM entries WHERE owner = ?',
    session,
  ) ?? { entries: 0, bytes: 0 }
  if (entries > limits.ephemeralsPerSession) throw new TooLarge('The number of ephemeral entries of the session', entries, limits.ephemeralsPerSession)
  if (bytes > limits.ephemeralPathBytes) throw new TooLarge('The paths of the ephemeral entries of the session', bytes, limits.ephemeralPathBytes)
}

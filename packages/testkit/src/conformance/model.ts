import assert from 'node:assert/strict'

import type { Entry, Op, Revision } from '@muster/coordination/internal'

/** What the model knows of an entry; equal for equal states of equal incarnations. */
export interface ModelEntry {
  readonly data: string
  readonly created: Revision
  readonly modified: Revision
}

/** An op, and for one with a version the state that the version was read in. */
export interface PlannedOp {
  readonly op: Op
  readonly readAt?: Pick<Entry, 'created' | 'modified'>
}

export interface DoneCommit {
  readonly revision: Revision
  readonly keys: readonly string[]
  readonly planned: readonly PlannedOp[]
}

export type Collection = ReadonlyMap<string, ModelEntry>

export const toModel = ({ data, created, modified }: Entry): ModelEntry => ({ data: Buffer.from(data).toString('latin1'), created, modified })

/**
 * What a collection must have been after each revision, from nothing but the commits that succeeded. Fails if one of
 * them succeeded although the commits before it did not allow it. Without `versionsNameIncarnations` a version may fit
 * another incarnation than the one it was read of.
 */
export function replay(commits: readonly DoneCommit[], collection: string, versionsNameIncarnations = true): ReadonlyMap<Revision, Collection> {
  const states = new Map<Revision, Collection>()
  const current = new Map<string, ModelEntry>()
  for (const { revision, keys, planned } of [...commits].sort((a, b) => (a.revision < b.revision ? -1 : 1))) {
    assert.ok(!states.has(revision), `two commits of revision ${revision}`)
    for (const [index, { op, readAt }] of planned.entries()) {
      const key = keys[index] ?? ''
      const target = op.op === 'append' ? op.collection : op.op === 'replace' ? op.entry.collection : op.at.collection
      if (target !== collection) continue
      const before = current.get(key)
      const told = `${op.op} of ${key} at ${revision}`
      if (op.op === 'create' || op.op === 'append') assert.equal(before, undefined, `${told}: it was there`)
      else assert.ok(before, `${told}: it was not there`)
      if (readAt !== undefined && (versionsNameIncarnations || before?.created === readAt.created)) assert.equal(before?.modified, readAt.modified, `${told}: the version was old`)
      if (op.op === 'replace') assert.equal(before?.created, op.entry.created, `${told}: it was another incarnation`)
      if (op.op === 'delete') current.delete(key)
      else if (op.op !== 'check') {
        const created = op.op === 'put' && before ? before.created : revision
        current.set(key, { data: Buffer.from(op.data).toString('latin1'), created, modified: revision })
      }
    }
    states.set(revision, new Map(current))
  }
  return states
}

/** The state at a revision that may lie between two of the commits (others have touched other collections). */
export function stateAt(states: ReadonlyMap<Revision, Collection>, revision: Revision): Collection {
  let found: Collection = new Map<string, ModelEntry>()
  for (const [at, state] of states) {
    if (at > revision) break
    found = state
  }
  return found
}

import { BackendUnreachable, OutcomeUnknown, SessionLost } from '@muster/common'
import type { CallOptions, Reads, ZooKeeperClient } from '@muster/zookeeper'

import { isEphemeral } from '../../check-ops.js'
import type { CommitOptions, Entry, Op } from '../../contract.js'
import type { Committed } from './zookeeper-commit.js'
import { orAbsent, readEntries } from './zookeeper-list.js'
import { toRevision } from './zookeeper-paths.js'
import type { Place, Places } from './zookeeper-paths.js'
import { collectionOf, keyOf } from './zookeeper-steps.js'

/** A commit whose connection was cut before its answer came. */
export interface Doubt {
  readonly ops: readonly Op[]
  readonly options: CommitOptions
  /** The epoch in which it was sent, and the session of that epoch. */
  readonly epoch: number
  readonly owner: string | undefined
  /** What the client said. */
  readonly error: unknown
}

/**
 * Finds out whether a commit was carried out, as soon as a server answers again: by then the old connection is over, and so
 * is the old session if there is a new one, so that nothing of them can come late. Waits at most for the session timeout.
 * @throws BackendUnreachable: surely not done; SessionLost: all that it made is gone; OutcomeUnknown: nothing can tell, or nobody wants to wait for it
 */
export async function settle(client: ZooKeeperClient, places: Places, doubt: Doubt): Promise<Committed> {
  const { ops, options, epoch, error } = doubt
  if (options.signal?.aborted || !(options.witness || ops.some((op) => isEphemeral(op) || op.op === 'append'))) throw error
  const { done, entries, zxid } = await hear(client, places, doubt)
  if (done === undefined) throw error
  if (done) return { revision: revisionOf(ops, entries) ?? toRevision(zxid), keys: ops.map((op, index) => entries[index]?.key ?? keyOf(op)) }
  if (client.state.epoch !== epoch && ops.some(isEphemeral)) throw new SessionLost(epoch, { cause: error })
  throw new BackendUnreachable('ZooKeeper', 'the connection was cut before the commit arrived', { cause: error })
}

/** What the witness says, and what is there now of that which the ops write. */
async function hear(client: ZooKeeperClient, places: Places, doubt: Doubt): Promise<{ done: boolean | undefined; entries: (Entry | undefined)[]; zxid: bigint }> {
  const { witness, signal } = doubt.options
  try {
    await client.connected({ signal })
    await client.sync('/', { signal })
    const entries = await Promise.all(doubt.ops.map((op) => readWritten(client, places.of(collectionOf(op)), op, { signal })))
    if (!witness) return { done: judge(doubt, entries, client.state.epoch), entries, zxid: 0n }
    const { entries: [seen], zxid } = await readEntries(client, places.of(witness.at.collection), [witness.at.key], { signal })
    return { done: witness.done(seen), entries, zxid }
  } catch (cause) {
    throw new OutcomeUnknown('the commit', 'its witness could not be read', { cause })
  }
}

async function readWritten(reads: Reads, place: Place, op: Op, options: CallOptions): Promise<Entry | undefined> {
  if (op.op === 'delete' || op.op === 'check') return undefined
  const key = op.op === 'append' ? await findAppended(reads, place, keyOf(op), options) : keyOf(op)
  return key === undefined ? undefined : (await readEntries(reads, place, [key], options)).entries[0]
}

async function findAppended(reads: Reads, { directory }: Place, prefix: string, options: CallOptions): Promise<string | undefined> {
  return (await orAbsent(reads.getChildren(directory, options)))?.children.find((key) => key.startsWith(prefix) && /^\d{10}$/.test(key.slice(prefix.length)))
}

/** By default the first ephemeral entry is the witness; else the first appended one, whose presence alone proves anything. */
function judge({ ops, epoch, owner }: Doubt, entries: readonly (Entry | undefined)[], epochNow: number): boolean | undefined {
  const first = ops.findIndex((op) => op.op === 'replace' || (op.op === 'create' && op.ephemeral === true))
  if (first < 0) return entries[ops.findIndex(({ op }) => op === 'append')] ? true : undefined
  const [op, entry] = [ops[first], entries[first]]
  if (entry && entry.owner === owner && !(op?.op === 'replace' && op.entry.created === entry.created)) return true
  return epochNow === epoch || ops.every(isEphemeral) ? false : undefined
}

/** The revision of the commit, as far as what it wrote still shows it: what was written again shows a later one. */
function revisionOf(ops: readonly Op[], entries: readonly (Entry | undefined)[]): string | undefined {
  const revisions = ops.flatMap((op, index) => (op.op === 'put' ? (entries[index]?.modified ?? []) : (entries[index]?.created ?? [])))
  return revisions.sort()[0]
}

import { InvalidArgument, TooLarge } from '@muster/common'

import { limits } from './contract.js'
import type { Op } from './contract.js'
import { checkKey } from './keys.js'

const collectionOf = (op: Op): string => (op.op === 'append' ? op.collection : op.op === 'replace' ? op.entry.collection : op.at.collection)

const pathOf = (op: Op): string | undefined => {
  if (op.op === 'append') return undefined // gets a key of its own
  const { collection, key } = op.op === 'replace' ? op.entry : op.at
  return `${collection}/${key}`
}

/**
 * What every driver refuses before it sends anything.
 * @throws TooLarge beyond 100 ops, 64 KiB an entry or 512 KiB a commit; InvalidArgument for a bad key, two ops on
 * one address, two replaces, or no op at all.
 */
export function checkOps(ops: readonly Op[]): void {
  if (ops.length === 0) throw new InvalidArgument('ops', 'A commit needs at least one op')
  if (ops.length > limits.commitOps) throw new TooLarge('The commit', ops.length, limits.commitOps)
  const seen = ops.length > 1 ? new Set<string>() : undefined // one op is the usual commit, and meets no other
  let bytes = 0
  let takeovers = 0
  for (const op of ops) {
    if (op.op === 'replace' && (takeovers += 1) > 1) throw new InvalidArgument('ops', 'A commit takes over at most one entry')
    if (collectionOf(op) === 'locks') throw new InvalidArgument('ops', 'The names of locks are made by standing in their queues, not by writing them')
    if (op.op === 'append') checkKey(`${op.nonce}${op.infix ?? ''}0000000000`)
    if (op.op === 'create') checkKey(op.at.key) // keys that others made are taken as they are
    const path = seen && pathOf(op)
    if (path !== undefined && seen?.has(path)) throw new InvalidArgument('ops', `Two ops of one commit are for ${path}`)
    if (path !== undefined) seen?.add(path)
    if (!('data' in op)) continue
    if (op.data.byteLength > limits.entryBytes) throw new TooLarge('The data of an entry', op.data.byteLength, limits.entryBytes)
    bytes += op.data.byteLength
  }
  if (bytes > limits.commitBytes) throw new TooLarge('The commit', bytes, limits.commitBytes)
}

/** True for an op that makes an entry of the session. */
export function isEphemeral(op: Op): boolean {
  return op.op === 'replace' || ((op.op === 'create' || op.op === 'append') && op.ephemeral === true)
}

import type { Acl, MultiOp } from '@muster/zookeeper'

import { Rejected } from '../../contract.js'
import type { Op, RejectedReason } from '../../contract.js'
import { isEntry, pathOf, toNode } from './zookeeper-paths.js'
import type { Place } from './zookeeper-paths.js'

/** A commit as a multi. */
export interface Plan {
  readonly multi: MultiOp[]
  /** For which op of the commit each of them is. */
  readonly indexes: number[]
  /** Those for the directory of a group's leaders, which comes or goes with the group of the op. */
  forLeaders?: Set<MultiOp>
}

/** What a commit has learnt before it is sent, or from being refused. */
export interface Lore {
  /** The version of the node that is taken over. */
  readonly takeoverVersion?: number
  /** Whether a group that is to be deleted has a directory of leaders, by the path of the group; unknown ones have none. */
  readonly leaders: Map<string, 'there' | 'absent'>
}

export const noLore: Lore = { leaders: new Map() }

export const collectionOf = (op: Op): string => (op.op === 'append' ? op.collection : op.op === 'replace' ? op.entry.collection : op.at.collection)

/** The key that an op is for; of an append what it begins with. */
export const keyOf = (op: Op): string => (op.op === 'append' ? op.nonce + (op.infix ?? '') : op.op === 'replace' ? op.entry.key : op.at.key)

/** Plans the commit whose ops are for `places`; `aclOf` says whose a new node is. @throws Rejected for an address or a version that nothing can have */
export function planMulti(ops: readonly Op[], places: readonly Place[], lore: Lore, aclOf: (path: string) => readonly Acl[]): Plan {
  const plan: Plan = { multi: [], indexes: [] }
  for (let index = 0; index < ops.length; index += 1) {
    const [op, place] = [ops[index] as Op, places[index] as Place]
    const path = pathOf(place, keyOf(op))
    if (op.op !== 'append' && !isEntry(place, keyOf(op))) throw new Rejected(index, 'missing')
    const add = (multiOp: MultiOp, isForLeaders = false): void => {
      plan.multi.push(multiOp)
      plan.indexes.push(index)
      if (isForLeaders) (plan.forLeaders ??= new Set()).add(multiOp)
    }
    switch (op.op) {
      case 'append':
        add({ op: 'create', path, data: toNode(place, op), acl: aclOf(path), mode: op.ephemeral === true ? 'ephemeral_sequential' : 'persistent_sequential' })
        break
      case 'create':
        add({ op: 'create', path, data: toNode(place, op), acl: aclOf(path), mode: op.ephemeral === true ? 'ephemeral' : 'persistent' })
        // Nothing can be made in a group before the commit that makes the group.
        if (place.collection === 'groups' && ops.some((other, at) => other.op === 'append' && places[at]?.group === path)) add({ op: 'create', path: `${path}/leader`, acl: aclOf(`${path}/leader`) }, true)
        break
      case 'put':
        add({ op: 'setData', path, data: toNode(place, op), version: toVersion(op.version, index) })
        break
      case 'check':
        add({ op: 'check', path, version: toVersion(op.version, index) })
        break
      case 'delete':
        if (lore.leaders.get(path) === 'there') add({ op: 'delete', path: `${path}/leader` }, true)
        add({ op: 'delete', path, version: toVersion(op.version, index) })
        break
      case 'replace':
        add({ op: 'delete', path, version: lore.takeoverVersion ?? 0 })
        add({ op: 'create', path, data: toNode(place, op), acl: aclOf(path), mode: 'ephemeral' })
    }
  }
  return plan
}

const anyVersion = -1

function toVersion(version: string | undefined, index: number): number {
  if (version === undefined) return anyVersion
  if (/^\d{1,10}$/.test(version)) return Number(version)
  throw new Rejected(index, 'conflict')
}

/** What a server's refusal means for the op; undefined when it means nothing to the contract. */
export function reasonOf(code: string | undefined, op: Op): RejectedReason | undefined {
  switch (code) {
    case 'NO_NODE':
      return op.op === 'create' || op.op === 'append' ? 'no-collection' : op.op === 'replace' ? 'conflict' : 'missing'
    case 'NODE_EXISTS':
      return op.op === 'replace' ? 'conflict' : 'exists'
    case 'BAD_VERSION':
      return 'conflict'
    case 'NOT_EMPTY':
      return op.op === 'replace' ? 'conflict' : 'not-empty'
    case 'NO_CHILDREN_FOR_EPHEMERALS':
      return 'no-collection'
    default:
      return undefined
  }
}

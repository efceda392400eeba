import { expect, test } from '@jest/globals'

import { encodeCapabilities } from '../capabilities.js'
import type { Change, Entry } from '../contract.js'
import type { Member } from './group.js'
import { applyBatch } from './group-view.js'

const entry = (key: string, created: number, modified = created): Entry => ({
  collection: 'members/g',
  key,
  data: encodeCapabilities({ modified }),
  version: String(modified),
  created: String(created),
  modified: String(modified),
  order: key,
  createdAt: created,
  modifiedAt: modified,
})

function tell(before: Entry[], changes: Change[]): { told: string[]; members: string[] } {
  const members = new Map<string, Member>()
  applyBatch(members, { reset: true, synced: true, changes: before.map((found) => ({ type: 'put', entry: found })) })
  const told = applyBatch(members, { reset: false, synced: true, changes }).map((change) => {
    if (change.type === 'left') return `left ${change.before.memberId}`
    return change.type === 'joined' ? `joined ${change.member.memberId}` : `updated ${change.member.memberId}${change.rejoined ? ' rejoined' : ''} from ${change.before.updatedAt} to ${change.member.updatedAt}`
  })
  return { told, members: [...members.keys()].sort() }
}

test('joins, leaves and updates are told with what was before', () => {
  const [a, b] = [entry('a', 1), entry('b', 2)]
  const after = entry('b', 2, 5)
  const changes: Change[] = [
    { type: 'delete', before: a },
    { type: 'put', entry: after, before: b },
    { type: 'put', entry: entry('c', 6) },
  ]
  expect(tell([a, b], changes)).toEqual({ told: ['left a', 'updated b from 2 to 5', 'joined c'], members: ['b', 'c'] })
})

test('a member that comes back in the same batch is told as one update with rejoined, never as left', () => {
  const a = entry('a', 1)
  const changes: Change[] = [
    { type: 'delete', before: a },
    { type: 'put', entry: entry('a', 9) },
  ]
  expect(tell([a], changes)).toEqual({ told: ['updated a rejoined from 1 to 9'], members: ['a'] })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { openCoordinator } from '../coordinator.js'
import type { Coordinator } from '../coordinator.js'
import type { PartitionedObject, Partitioner } from './partitioner.js'

let folder: string
let coordinator: Coordinator
let partitioner: Partitioner

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-partitioner-'))
  coordinator = await openCoordinator(`embedded:${folder}`, { memberId: 'n1' })
  for (const memberId of ['n2', 'n3', 'n4', 'n5']) await coordinator.joinGroupCreate('g', {}, { memberId })
  partitioner = await coordinator.joinPartitionedGroup('g', { partitions: 8 })
})

afterEach(async () => {
  await coordinator.close()
  rmSync(folder, { recursive: true, force: true })
})

class Job {
  constructor(
    readonly id: string,
    readonly other = 0,
  ) {}
  toString(): string {
    return this.id
  }
}

test('an object is known by its text, its bytes, or what it says itself', () => {
  const everyone = { replicas: 5 } // in the order of the ring, so that two objects hardly get the same answer by chance
  const same: [PartitionedObject, PartitionedObject][] = [
    ['größe', Buffer.from('größe')],
    ['größe', new TextEncoder().encode('größe')],
    [42, '42'],
    [10n ** 30n, '1000000000000000000000000000000'],
    [new Job('job 7', 1), new Job('job 7', 2)],
    [new Job('job 7'), 'job 7'],
    [{ toozHash: () => Uint8Array.of(0xff, 0), toString: () => 'not asked' }, Uint8Array.of(0xff, 0)],
    [new URL('http://host/path'), 'http://host/path'],
  ]
  for (const [one, other] of same) expect(partitioner.membersForObject(one, everyone)).toEqual(partitioner.membersForObject(other, everyone))
  expect(partitioner.membersForObject('job 7', everyone)).not.toEqual(partitioner.membersForObject('job 8', everyone))
})

test('an object that could not be told from others is refused', () => {
  const job = { id: 7 }
  expect(() => partitioner.membersForObject(job)).toThrow(expect.objectContaining({ code: 'invalid_argument', argument: 'object' }))
  expect(() => partitioner.belongsToSelf({})).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
})

test('a member that has left its group by another way owns nothing, and still sees the others', async () => {
  await coordinator.leaveGroup('g')
  expect([partitioner.isTrusted, partitioner.belongsToSelf('x', { replicas: 5 })]).toEqual([false, false])
  expect(['n2', 'n3', 'n4', 'n5']).toEqual(expect.arrayContaining(partitioner.membersForObject('x', { ignoreMembers: ['n1'] })))
})

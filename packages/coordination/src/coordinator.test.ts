import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { openCoordinator } from './coordinator.js'
import type { Coordinator } from './coordinator.js'
import { openSession } from './open-session.js'
import type { MemberChange } from './recipes/group-view.js'
import type { MembershipState } from './recipes/membership.js'

let folder: string
let opened: Coordinator[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-coordination-'))
  opened = []
})

afterEach(async () => {
  for (const coordinator of opened) await coordinator.close()
  rmSync(folder, { recursive: true, force: true })
})

async function open(memberId?: string): Promise<Coordinator> {
  const coordinator = await openCoordinator(`embedded:${folder}?timeout=3s`, { memberId })
  opened.push(coordinator)
  return coordinator
}

/** Resolves when the membership has been in the state. */
async function reached(states: AsyncIterable<MembershipState>, wanted: MembershipState): Promise<void> {
  for await (const state of states) if (state === wanted) return
}

describe('groups, with the errors of tooz', () => {
  test('a group is made once and deleted once', async () => {
    const coordinator = await open()
    await coordinator.createGroup('g')
    await expect(coordinator.createGroup('g')).rejects.toMatchObject({ code: 'group_already_exist', group: 'g' })
    expect((await coordinator.getGroups()).map(({ group }) => group)).toEqual(['g'])
    await coordinator.deleteGroup('g')
    await expect(coordinator.deleteGroup('g')).rejects.toMatchObject({ code: 'group_not_created', group: 'g' })
    expect(await coordinator.getGroups()).toEqual([])
  })

  test('a group that has members is not deleted', async () => {
    const coordinator = await open('me')
    await coordinator.joinGroupCreate('g')
    await expect(coordinator.deleteGroup('g')).rejects.toMatchObject({ code: 'group_not_empty', group: 'g' })
    await coordinator.leaveGroup('g')
    await coordinator.deleteGroup('g')
  })

  test('nothing can be asked of a group that was never created', async () => {
    const coordinator = await open('me')
    const missing = { code: 'group_not_created', group: 'none' }
    await expect(coordinator.joinGroup('none')).rejects.toMatchObject(missing)
    await expect(coordinator.getMembers('none')).rejects.toMatchObject(missing)
    await expect(coordinator.getMemberInfo('none', 'x')).rejects.toMatchObject(missing)
    await expect(coordinator.leaveGroup('none')).rejects.toMatchObject({ code: 'member_not_joined', group: 'none', memberId: 'me' })
  })

  test.each(['a/b', 'équipe', '🐝', '"quoted" and\nbroken', 'leader', 'x'.repeat(150)])('a group may be called %j', async (group) => {
    const coordinator = await open('me')
    await coordinator.joinGroupCreate(group, { ok: true })
    expect((await coordinator.getGroups()).map((found) => found.group)).toEqual([group])
    expect(await coordinator.getMemberCapabilities(group, 'me')).toEqual({ ok: true })
  })
})

describe('members', () => {
  test('what a member says of itself is read by others, also after it says something new', async () => {
    const [writer, reader] = [await open('writer'), await open()]
    await writer.joinGroupCreate('g', { zone: 'a' })
    expect(await reader.getMembers('g')).toEqual(['writer'])
    const { createdAt, updatedAt } = await reader.getMemberInfo('g', 'writer')
    expect(updatedAt).toBe(createdAt)
    await writer.updateCapabilities('g', { zone: 'b' })
    const info = await reader.getMemberInfo('g', 'writer')
    expect(info).toMatchObject({ memberId: 'writer', capabilities: { zone: 'b' }, createdAt })
    await expect(reader.getMemberCapabilities('g', 'other')).rejects.toMatchObject({ code: 'member_not_joined', memberId: 'other' })
  })

  test('an id that is taken by a live process is refused at once', async () => {
    const [first, second] = [await open('same'), await open('same')]
    await first.joinGroupCreate('g')
    await expect(first.joinGroup('g')).rejects.toMatchObject({ code: 'member_already_exist', group: 'g', memberId: 'same' })
    await expect(second.joinGroup('g')).rejects.toMatchObject({ code: 'member_already_exist' })
    await first.leaveGroup('g')
    await second.joinGroup('g')
  })

  test('capabilities that are no object or too large are refused and nothing is stored', async () => {
    const coordinator = await open('me')
    await coordinator.createGroup('g')
    await expect(coordinator.joinGroup('g', { big: 'x'.repeat(65_536) })).rejects.toMatchObject({ code: 'too_large' })
    await expect(coordinator.joinGroup('g', [] as never)).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(await coordinator.getMembers('g')).toEqual([])
  })

  test('closing the coordinator removes its members before it resolves', async () => {
    const [leaver, reader] = [await open('leaver'), await open()]
    const membership = await leaver.joinGroupCreate('g')
    const left = reached(membership.states(), 'left')
    await leaver.close()
    expect(await reader.getMembers('g')).toEqual([])
    await left
    await expect(leaver.getGroups()).rejects.toMatchObject({ code: 'closed' })
  })

  test('a member whose store was removed under it comes back in the new one, with its latest capabilities and the next incarnation', async () => {
    const [member, reader] = [await open('me'), await open()]
    const membership = await member.joinGroupCreate('g', (incarnation) => ({ incarnation, version: 1 }))
    await member.updateCapabilities('g', (incarnation) => ({ incarnation, version: 2 }))
    const rejoining = reached(membership.states(), 'rejoining')
    rmSync(folder, { recursive: true })
    await rejoining
    await reached(membership.states(), 'joined')
    expect(await reader.getMemberCapabilities('g', 'me')).toEqual({ incarnation: 2, version: 2 })
  })

  test('a member that leaves while it is on its way back stays away', async () => {
    const [member, reader] = [await open('me'), await open()]
    const membership = await member.joinGroupCreate('g')
    const rejoining = reached(membership.states(), 'rejoining')
    rmSync(folder, { recursive: true })
    await rejoining
    await membership.leave()
    await member.createGroup('after').catch(() => undefined)
    await reader.createGroup('g').catch(() => undefined)
    expect(await reader.getMembers('g')).toEqual([])
    expect(membership.state).toBe('left')
  })
})

describe('views', () => {
  test('a group view tells joins, updates and leaves in order, and waits for a group that is not there yet', async () => {
    const [reader, member] = [await open(), await open('me')]
    await using view = reader.groupView('g')
    await view.synced()
    expect(view.members.size).toBe(0)
    const told: MemberChange[] = []
    const enough = new Promise<void>((resolve) => view.onChange((changes) => told.push(...changes) >= 3 && resolve()))
    const seen = async (count: number): Promise<void> => {
      while (told.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await member.joinGroupCreate('g', { n: 1 })
    await seen(1)
    await member.updateCapabilities('g', { n: 2 })
    await seen(2)
    await member.leaveGroup('g')
    await enough
    expect(told).toMatchObject([
      { type: 'joined', member: { memberId: 'me', capabilities: { n: 1 } } },
      { type: 'updated', member: { capabilities: { n: 2 } }, before: { capabilities: { n: 1 } }, rejoined: false },
      { type: 'left', before: { memberId: 'me', capabilities: { n: 2 } } },
    ])
    expect(view.members.size).toBe(0)
  })

  test('the view of all groups follows groups and members that come and go, and one bad member spoils nothing', async () => {
    const [reader, member] = [await open(), await open('me')]
    const session = await openSession(`embedded:${folder}`)
    await using view = reader.groupsView()
    await view.synced()
    const state = (): string[] => [...view.groups].map(([group, found]) => `${group}: ${[...found.view.members.keys()].sort().join(' ')}`).sort()
    const becomes = async (wanted: string[]): Promise<void> => {
      while (JSON.stringify(state()) !== JSON.stringify(wanted)) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await member.joinGroupCreate('a')
    await member.joinGroupCreate('b')
    await session.commit([{ op: 'create', at: { collection: 'members/b', key: 'garbage' }, data: Uint8Array.of(0xff, 0) }])
    await becomes(['a: me', 'b: garbage me'])
    await member.leaveGroup('a')
    await member.deleteGroup('a')
    await becomes(['b: garbage me'])
    await session.close()
  })
})

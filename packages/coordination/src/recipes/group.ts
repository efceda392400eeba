import { compareText, GroupAlreadyExist, GroupNotCreated, GroupNotEmpty, InvalidArgument, isMusterError, MemberNotJoined } from '@muster/common'

import { decodeCapabilities } from '../capabilities.js'
import type { Capabilities } from '../capabilities.js'
import { limits, Rejected } from '../contract.js'
import type { Address, Entry, Op, ReadOptions, RejectedReason, Session } from '../contract.js'
import { decodeKey, encodeKey } from '../keys.js'

/** A member as read from the backend. `capabilities` is undefined when they cannot be read. Times are the backend's, ms. */
export interface Member {
  readonly memberId: string
  /** The id as it is stored, which is what programs in other languages know the member by. */
  readonly key: string
  readonly capabilities: Capabilities | undefined
  readonly createdAt: number
  readonly updatedAt: number
}

export interface GroupInfo {
  readonly group: string
  readonly createdAt: number
}

/** @throws InvalidArgument for a name that is empty, or too long to be read back from its key. */
export function groupKey(group: string): string {
  const key = encodeKey(group)
  if (decodeKey(key) === group) return key
  throw new InvalidArgument('group', `The group name ${JSON.stringify(group.slice(0, 40))}... is too long`, { hint: `At most ${limits.keyLength} characters; others than A-Z a-z 0-9 and some signs count three or more.` })
}

export const groupAddress = (group: string): Address => ({ collection: 'groups', key: groupKey(group) })
export const membersOf = (group: string): string => `members/${groupKey(group)}`

export function toMember(entry: Entry): Member {
  return { memberId: decodeKey(entry.key), key: entry.key, capabilities: decodeCapabilities(entry.data), createdAt: entry.createdAt, updatedAt: entry.modifiedAt }
}

export const toGroupInfo = ({ key, createdAt }: Entry): GroupInfo => ({ group: decodeKey(key), createdAt })

/** Runs a commit; a rejection with one of the named reasons becomes the error made for it, any other one is a bug. */
export async function commitOr(session: Session, ops: Op[], errors: Partial<Record<RejectedReason, () => Error>>, signal?: AbortSignal): Promise<void> {
  try {
    await session.commit(ops, { signal })
  } catch (error) {
    throw (error instanceof Rejected && errors[error.reason]?.()) || error
  }
}

export async function createGroup(session: Session, group: string, signal?: AbortSignal): Promise<void> {
  const op: Op = { op: 'create', at: groupAddress(group), data: new Uint8Array() }
  await commitOr(session, [op], { exists: () => new GroupAlreadyExist(group) }, signal)
}

/** As `createGroup`, content if it is there. */
export async function ensureGroup(session: Session, group: string, signal?: AbortSignal): Promise<void> {
  try {
    await createGroup(session, group, signal)
  } catch (error) {
    if (!isMusterError(error, 'group_already_exist')) throw error
  }
}

const mostAttempts = 5

/** Runs `act`; where it fails because there is no such group, makes the group and runs it again. @throws GroupNotCreated when others delete it each time */
export async function makingGroup<T>(session: Session, group: string, act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act() // nearly always the group is there
    } catch (error) {
      if (attempt === mostAttempts || !isMusterError(error, 'group_not_created')) throw error
    }
    await ensureGroup(session, group, signal)
  }
}

export async function deleteGroup(session: Session, group: string, signal?: AbortSignal): Promise<void> {
  const op: Op = { op: 'delete', at: groupAddress(group) }
  await commitOr(session, [op], { missing: () => new GroupNotCreated(group), 'not-empty': () => new GroupNotEmpty(group) }, signal)
}

/** Sorted by group name in code-point order. */
export async function listGroups(session: Session, options?: ReadOptions): Promise<GroupInfo[]> {
  return (await session.list('groups', options)).entries.map(toGroupInfo).sort((a, b) => compareText(a.group, b.group))
}

/** Sorted by member id in code-point order. @throws GroupNotCreated */
export async function listMembers(session: Session, group: string, options?: ReadOptions): Promise<Member[]> {
  const { entries } = await session.list(membersOf(group), options).catch((error: unknown) => {
    throw error instanceof Rejected ? new GroupNotCreated(group) : error
  })
  return entries.map(toMember).sort((a, b) => compareText(a.memberId, b.memberId))
}

/** @throws GroupNotCreated, MemberNotJoined */
export async function readMember(session: Session, group: string, memberId: string, options?: ReadOptions): Promise<Member> {
  const entry = await session.read({ collection: membersOf(group), key: encodeKey(memberId) }, options)
  if (entry) return toMember(entry)
  throw (await session.read(groupAddress(group), options)) ? new MemberNotJoined(group, memberId) : new GroupNotCreated(group)
}

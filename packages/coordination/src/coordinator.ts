import { hostname } from 'node:os'

import { MemberAlreadyExist, MemberNotJoined, silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'

import type { Capabilities } from './capabilities.js'
import type { Characteristics, ConnectionState, Session } from './contract.js'
import { makeMemberId } from './member-id.js'
import { openSession } from './open-session.js'
import { Campaign, getLeader, watchLeader } from './recipes/leader.js'
import type { CampaignOptions, Leader } from './recipes/leader.js'
import { listLocks, Lock } from './recipes/lock.js'
import type { LockContender } from './recipes/lock.js'
import { createGroup, deleteGroup, listGroups, listMembers, makingGroup, readMember } from './recipes/group.js'
import type { GroupInfo, Member } from './recipes/group.js'
import { GroupView } from './recipes/group-view.js'
import { GroupsView } from './recipes/groups-view.js'
import { GroupMembership } from './recipes/membership.js'
import type { CapabilitiesSource } from './recipes/membership.js'
import { partitionCapabilities, Partitioner } from './recipes/partitioner.js'
import { Trust } from './recipes/trust.js'

export interface CoordinatorOptions {
  /** The id under which this coordinator joins groups. Default: host name, pid and 8 random hex digits. */
  readonly memberId?: string | undefined
  readonly logger?: Logger | undefined
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface JoinGroupOptions extends CallOptions {
  /** Joins under this id instead of the coordinator's own. */
  readonly memberId?: string | undefined
  /** As what Python tooz gets the capabilities, on ZooKeeper: `bytes` of JSON (default; what Vitrage reads) or `object`, a dict, at most 100 deep. */
  readonly form?: 'bytes' | 'object' | undefined
}

export interface JoinPartitionedGroupOptions extends CallOptions {
  /** How much this member gets, compared to others: a whole number, default 1, at most 32,768 / partitions. */
  readonly weight?: number | undefined
  /** How many partitions a member has for each unit of its weight, 1 to 32,768, default 32. All members must use the same number. */
  readonly partitions?: number | undefined
  /** Joins under this id instead of the coordinator's own. */
  readonly memberId?: string | undefined
}

/**
 * Groups and members on one session, under tooz's names. Reads show whatever was done before they were called, by whomever.
 * Every call may also throw BackendUnreachable, NotAllowed or Closed. Group names and member ids are any text; see
 * `encodeKey` in ARCHITECTURE.md for how they are stored.
 */
export class Coordinator implements AsyncDisposable {
  readonly #session: Session
  readonly #logger: Logger
  readonly #trust: Trust
  readonly #memberships = new Map<string, GroupMembership>()
  readonly #campaigns = new Set<Campaign>()
  #memberId: string | undefined

  constructor(session: Session, { memberId, logger = silentLogger }: CoordinatorOptions = {}) {
    this.#session = session
    this.#trust = new Trust(session)
    this.#logger = logger
    this.#memberId = memberId
  }

  /** The id under which this coordinator joins groups. */
  get memberId(): string {
    this.#memberId ??= makeMemberId([hostname()]) // who only reads loads no cryptography
    return this.#memberId
  }

  /** What the backend can promise. */
  get characteristics(): Characteristics {
    return this.#session.characteristics
  }

  /** How long the backend keeps the members of a process that has fallen silent, ms. */
  get timeoutMs(): number {
    return this.#session.timeoutMs
  }

  /** Resolves when the group is stored. @throws GroupAlreadyExist @see tooz create_group */
  createGroup(group: string, { signal }: CallOptions = {}): Promise<void> {
    return createGroup(this.#session, group, signal)
  }

  /** Resolves when the group is gone. @throws GroupNotCreated, GroupNotEmpty @see tooz delete_group */
  deleteGroup(group: string, { signal }: CallOptions = {}): Promise<void> {
    return deleteGroup(this.#session, group, signal)
  }

  /** Lists the groups, sorted by name in code-point order. @see tooz get_groups */
  getGroups({ signal }: CallOptions = {}): Promise<GroupInfo[]> {
    return listGroups(this.#session, { consistent: true, signal })
  }

  /**
   * Joins the group. Resolves when the backend has stored the member (not when queued). After a lost session the
   * member comes back by itself, with its latest capabilities. `capabilities`: a JSON object, at most 64 KiB encoded,
   * or a function that makes it for each incarnation.
   * An entry under this id that a dead process left behind is taken over; one of a process out of sight is waited
   * for, at most 1.5 session timeouts.
   * @throws GroupNotCreated, MemberAlreadyExist, TooLarge, InvalidArgument @see tooz join_group
   */
  async joinGroup(group: string, capabilities: CapabilitiesSource = {}, { signal, memberId = this.memberId, form }: JoinGroupOptions = {}): Promise<GroupMembership> {
    const place = JSON.stringify([group, memberId])
    const found = this.#memberships.get(place)
    if (found && found.state !== 'left') throw new MemberAlreadyExist(group, memberId)
    const membership = new GroupMembership(this.#session, group, memberId, capabilities, { logger: this.#logger, form })
    this.#memberships.set(place, membership)
    try {
      await membership.join(signal)
      return membership
    } catch (error) {
      if (this.#memberships.get(place) === membership) this.#memberships.delete(place)
      throw error
    }
  }

  /** As `joinGroup`; makes the group if it is not there. @see tooz join_group_create */
  joinGroupCreate(group: string, capabilities?: CapabilitiesSource, options: JoinGroupOptions = {}): Promise<GroupMembership> {
    return makingGroup(this.#session, group, () => this.joinGroup(group, capabilities, options), options.signal)
  }

  /** Leaves the group. Resolves when the member is gone from the backend. @throws MemberNotJoined @see tooz leave_group */
  async leaveGroup(group: string, { signal, memberId = this.memberId }: JoinGroupOptions = {}): Promise<void> {
    await this.#membership(group, memberId).leave(signal)
    this.#memberships.delete(JSON.stringify([group, memberId]))
  }

  /** Resolves when the new capabilities are stored. @throws MemberNotJoined, TooLarge @see tooz update_capabilities */
  updateCapabilities(group: string, capabilities: CapabilitiesSource, { signal, memberId = this.memberId }: JoinGroupOptions = {}): Promise<void> {
    return this.#membership(group, memberId).update(capabilities, signal)
  }

  /** The ids of a group's members, sorted in code-point order. @throws GroupNotCreated @see tooz get_members */
  async getMembers(group: string, options: CallOptions = {}): Promise<string[]> {
    return (await this.getMembersWithCapabilities(group, options)).map(({ memberId }) => memberId)
  }

  /** The members of a group, sorted by id in code-point order. @throws GroupNotCreated @see tooz get_members_with_capabilities */
  getMembersWithCapabilities(group: string, { signal }: CallOptions = {}): Promise<Member[]> {
    return listMembers(this.#session, group, { consistent: true, signal })
  }

  /** Undefined when they cannot be read as a JSON object. @throws GroupNotCreated, MemberNotJoined @see tooz get_member_capabilities */
  async getMemberCapabilities(group: string, memberId: string, { signal }: CallOptions = {}): Promise<Capabilities | undefined> {
    return (await readMember(this.#session, group, memberId, { consistent: true, signal })).capabilities
  }

  /** @throws GroupNotCreated, MemberNotJoined @see tooz get_member_info */
  getMemberInfo(group: string, memberId: string, { signal }: CallOptions = {}): Promise<Member> {
    return readMember(this.#session, group, memberId, { consistent: true, signal })
  }

  /** A live view of the group's members; it is the caller's to close. */
  groupView(group: string): GroupView {
    return new GroupView(this.#session, group)
  }

  /** A live view of every group and its members; it is the caller's to close. */
  groupsView(): GroupsView {
    return new GroupsView(this.#session)
  }

  /** The lock of that name; nothing is asked of the backend yet. @see tooz get_lock */
  getLock(name: string): Lock {
    return new Lock(this.#session, this.#trust, name, this.memberId)
  }

  /** Who holds which lock and who waits for it: by lock in code-point order, first in line first. Locks that nobody wants are left out. */
  getLocks({ signal }: CallOptions = {}): Promise<LockContender[]> {
    return listLocks(this.#session, { signal })
  }

  /** Begins to stand for the leadership of a group; need not be a member of it. @see tooz watch_elected_as_leader, run_elect_coordinator */
  campaign(group: string, options: CampaignOptions = {}): Campaign {
    const campaign = new Campaign(this.#session, this.#trust, group, this.memberId, options)
    this.#campaigns.add(campaign)
    void campaign.over.then(() => this.#campaigns.delete(campaign))
    return campaign
  }

  /** Who leads the group; undefined when nobody does. @throws GroupNotCreated @see tooz get_leader */
  getLeader(group: string, { signal }: CallOptions = {}): Promise<Leader | undefined> {
    return getLeader(this.#session, group, { consistent: true, signal })
  }

  /** Yields who leads the group, undefined for nobody, and then each new leader, until `signal` aborts; also before the group is created. @throws Closed */
  watchLeader(group: string, { signal }: CallOptions = {}): AsyncIterable<Leader | undefined> {
    return watchLeader(this.#session, group, signal)
  }

  /** Ends this coordinator's leadership and its campaign. Resolves when the next one can lead; false if it did not lead. @see tooz stand_down_group_leader */
  async standDownGroupLeader(group: string): Promise<boolean> {
    const leading = [...this.#campaigns].filter((campaign) => campaign.group === group && campaign.leadership)
    const stoodDown = await Promise.all(leading.map((campaign) => campaign.standDown()))
    return stoodDown.includes(true)
  }

  /**
   * Joins the group, making it if it is not there, and partitions objects among its members. Resolves when this member is stored and the
   * partitioner knows every member. In a group shared with Python on ZooKeeper every member must join in this way.
   * @throws MemberAlreadyExist, InvalidArgument, OperationTimedOut after the session timeout; the group is then left again
   * @see tooz join_partitioned_group
   */
  async joinPartitionedGroup(group: string, { weight, partitions, ...options }: JoinPartitionedGroupOptions = {}): Promise<Partitioner> {
    const capabilities = partitionCapabilities(this.#session, weight, partitions)
    const membership = await this.joinGroupCreate(group, capabilities, { ...options, form: 'object' })
    return Partitioner.begin(this.#session, membership, { partitions, logger: this.#logger, signal: options.signal })
  }

  /** As `partitioner.leave()`. @see tooz leave_partitioned_group */
  leavePartitionedGroup(partitioner: Partitioner, options: CallOptions = {}): Promise<void> {
    return partitioner.leave(options)
  }

  /** Yields the current connection state at once, then every change; ends after `closed`. */
  states(): AsyncIterable<ConnectionState> {
    return this.#session.states()
  }

  /**
   * Gives up locks and leaderships, leaves every group and ends the session. @throws OperationTimedOut after `timeoutMs` (default 3000): renewals have
   * stopped, and the members go with the session. @see tooz stop
   */
  async close(options?: { timeoutMs?: number }): Promise<void> {
    this.#trust.close() // `held` is false before anybody else can hold it
    await this.#session.close(options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #membership(group: string, memberId: string): GroupMembership {
    const membership = this.#memberships.get(JSON.stringify([group, memberId]))
    if (!membership) throw new MemberNotJoined(group, memberId)
    return membership
  }
}

/** Opens a coordinator on the backend that `url` names. @throws InvalidArgument, NotSupported @see tooz get_coordinator */
export async function openCoordinator(url: string, options: CoordinatorOptions = {}): Promise<Coordinator> {
  return new Coordinator(await openSession(url, options), options)
}

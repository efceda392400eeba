import { Closed, InvalidArgument, onAbort, OperationTimedOut } from '@muster/common'
import type { Logger } from '@muster/common'

import type { Capabilities } from '../capabilities.js'
import type { Session } from '../contract.js'
import { ownIdentity } from '../process-identity.js'
import type { Member } from './group.js'
import { GroupView } from './group-view.js'
import type { MemberChange } from './group-view.js'
import { checkPartitions, checkWeight, defaultPartitions, HashRing, largestWeight } from './hash-ring.js'
import type { GroupMembership } from './membership.js'

/** An object that says itself which bytes it is known by. @see tooz `__tooz_hash__` */
export interface ToozHash {
  toozHash(): Uint8Array
}

/** What belongs to members: text, hashed as UTF-8; bytes, as they are; a `toozHash()`; else what `toString()` makes of it, as text. */
export type PartitionedObject = string | number | bigint | Uint8Array | ToozHash | { toString(): string }

export interface OwnersOptions {
  /** Members that are passed over, as if they had left. */
  readonly ignoreMembers?: readonly string[] | ReadonlySet<string> | undefined
  /** How many members an object belongs to. Default 1. Never more than there are members. */
  readonly replicas?: number | undefined
}

/** A change of the ring: what happened to the members, and the epoch that began with it. */
export interface PartitionChange {
  readonly epoch: number
  readonly changes: readonly MemberChange[]
}

export interface PartitionerOptions {
  readonly partitions?: number | undefined
  readonly logger: Logger
  readonly signal?: AbortSignal | undefined
}

/**
 * Says which members of a group an object belongs to: on each member the same answer, without a word between them. The
 * answers are those of tooz's Partitioner, and groups may have members of both.
 *
 * Members learn of a change one after the other, so that for a moment two of them may answer differently: what must
 * never be done twice needs a fencing token besides. Made by `Coordinator.joinPartitionedGroup`.
 * @see tooz Partitioner
 */
export class Partitioner implements AsyncDisposable {
  readonly #membership: GroupMembership
  readonly #view: GroupView
  readonly #logger: Logger
  readonly #listeners = new Set<(change: PartitionChange) => void>()
  readonly #synced: Promise<void>
  /** What is on the ring, by the key that it is there under: Python knows members by that. */
  readonly #nodes = new Map<string, { readonly memberId: string; readonly weight: number }>()
  #ring: HashRing
  #epoch = 0
  #markSynced: () => void = () => {}
  #markFailed: (reason: unknown) => void = () => {}
  #end: { readonly reason: unknown } | undefined

  private constructor(session: Session, membership: GroupMembership, { partitions, logger }: PartitionerOptions) {
    this.#membership = membership
    this.#logger = logger
    this.#ring = new HashRing([], { partitions })
    this.#synced = new Promise((resolve, reject) => ([this.#markSynced, this.#markFailed] = [resolve, reject]))
    this.#synced.catch(() => undefined) // those who wait are told; nobody may be waiting
    this.#view = new GroupView(session, membership.group)
    this.#view.onChange((changes) => this.#follow(changes))
    void this.#view.ended().then((reason) => this.#finish(reason))
  }

  /** For `Coordinator.joinPartitionedGroup`: partitions the group of a new membership. Resolves when the ring shows every member, this one too; otherwise the group is left again. */
  static async begin(session: Session, membership: GroupMembership, options: PartitionerOptions): Promise<Partitioner> {
    const { signal } = options
    const partitioner = new Partitioner(session, membership, options)
    const timer = setTimeout(() => partitioner.#finish(new OperationTimedOut('Reading the members', session.timeoutMs)), session.timeoutMs)
    const stopListening = signal && onAbort(signal, () => partitioner.#finish(signal.reason))
    try {
      signal?.throwIfAborted()
      await partitioner.synced()
      return partitioner
    } catch (error) {
      await partitioner.leave().catch(() => undefined) // it goes with the session at the latest
      throw error
    } finally {
      clearTimeout(timer)
      stopListening?.()
    }
  }

  get group(): string {
    return this.#membership.group
  }

  /** The id that this member is in the group under. */
  get memberId(): string {
    return this.#membership.memberId
  }

  /** How many partitions a member has for each unit of its weight. All members must use the same number. */
  get partitions(): number {
    return this.#ring.partitions
  }

  /** By member id: who is on the ring. */
  get members(): ReadonlyMap<string, Member> {
    return this.#view.members
  }

  /**
   * Grows by 1 with each change of the ring; changes of one moment count as one. A member that comes back in a new session
   * before anybody has told it gone, with the weight it had, changes nothing. Other members count on their own.
   */
  get epoch(): number {
    return this.#epoch
  }

  /**
   * True while this member is surely in the group. False from 2/3 of the session timeout after the last answer of the backend,
   * before another member can see this one gone, until it is `joined` again; and for ever after `leave()`.
   */
  get isTrusted(): boolean {
    return this.#end === undefined && this.#membership.isTrusted
  }

  /** Resolves when the ring shows every member, this one too. @throws Closed */
  synced(): Promise<void> {
    return this.#synced
  }

  /**
   * The members that an object belongs to: first its owner, then those that would have it next, clockwise. While the backend
   * does not answer this is the last that was known: see `belongsToSelf`.
   * @throws Closed after `leave()`; InvalidArgument @see tooz members_for_object
   */
  membersForObject(object: PartitionedObject, { ignoreMembers = [], replicas }: OwnersOptions = {}): string[] {
    if (this.#end) throw new Closed('The partitioner', { cause: this.#end.reason })
    const ignoreNodes = [...ignoreMembers].flatMap((memberId) => this.members.get(memberId)?.key ?? [])
    return this.#ring.getNodes(bytesOf(object), { ignoreNodes, replicas }).map((key) => this.#nodes.get(key)?.memberId ?? key)
  }

  /** Whether the member is one of `membersForObject`. @throws Closed after `leave()`; InvalidArgument @see tooz belongs_to_member */
  belongsToMember(object: PartitionedObject, memberId: string, options?: OwnersOptions): boolean {
    return this.membersForObject(object, options).includes(memberId)
  }

  /**
   * Whether the object belongs to this member. False, whatever the object, while this one is not `isTrusted`: others may have
   * taken over what was its own. Ask at each use: an answer is good for that moment.
   * @throws InvalidArgument @see tooz belongs_to_self
   */
  belongsToSelf(object: PartitionedObject, options?: OwnersOptions): boolean {
    return this.isTrusted && this.belongsToMember(object, this.memberId, options)
  }

  /**
   * Calls `listener` after each change of the ring, which then answers as of that epoch; returns the way to stop it. What it
   * throws is logged and stops nothing.
   */
  onChange(listener: (change: PartitionChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Leaves the group: nothing belongs to this member from the call on. Resolves when the member is gone from the backend;
   * when it cannot be reached, `leave()` may be called again. @throws BackendUnreachable @see tooz leave_partitioned_group
   */
  async leave({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#finish(new Closed('The partitioner'))
    await Promise.all([this.#view.close(), this.#membership.leave(signal)])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave()
  }

  #finish(reason: unknown): void {
    this.#end ??= { reason }
    this.#markFailed(reason)
    this.#listeners.clear()
  }

  #follow(changes: readonly MemberChange[]): void {
    const told = changes.filter((change) => this.#apply(change))
    if (told.length > 0) {
      if (this.#ring.hasTies) this.#rebuild()
      this.#epoch += 1
    }
    if (!this.#view.isSynced) return
    if (this.members.has(this.memberId)) this.#markSynced()
    if (told.length > 0) this.#tell({ epoch: this.#epoch, changes: told })
  }

  /** True if the ring is another one now. */
  #apply(change: MemberChange): boolean {
    const before = 'before' in change ? change.before : undefined
    const after = 'member' in change ? change.member : undefined
    const weight = after && this.#weightOf(after)
    if (before?.key === after?.key && before && this.#nodes.get(before.key)?.weight === weight) return false
    if (before && this.#nodes.delete(before.key)) this.#ring.removeNode(before.key)
    if (!after || weight === undefined) return true
    this.#nodes.set(after.key, { memberId: after.memberId, weight })
    this.#ring.addNode(after.key, weight)
    return true
  }

  /** Any program may have written it. What is no whole number counts as 1; no weight is below 0, or more than a ring takes. */
  #weightOf({ capabilities }: Member): number {
    const weight = capabilities?.weight
    return typeof weight === 'number' && Number.isInteger(weight) ? Math.min(Math.max(weight, 0), largestWeight(this.partitions)) : 1
  }

  /** Where two members share a partition it depends on their order whose it is, and that must be the same everywhere. */
  #rebuild(): void {
    this.#ring = new HashRing([], { partitions: this.partitions })
    for (const [key, { weight }] of [...this.#nodes].sort(([a], [b]) => (a < b ? -1 : 1))) this.#ring.addNode(key, weight)
  }

  #tell(change: PartitionChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change)
      } catch (error) {
        this.#logger.error({ err: error, group: this.group, epoch: change.epoch }, 'a listener of a partitioner has thrown')
      }
    }
  }
}

/**
 * What a member of a partitioned group says of itself. Where the backend cannot see processes it says which one this is, so
 * that its successor under the same id takes its place at once when it is dead. @throws InvalidArgument
 */
export function partitionCapabilities(session: Session, weight = 1, partitions = defaultPartitions): Capabilities {
  checkPartitions(partitions)
  checkWeight(weight, partitions, 1)
  return { weight, ...(session.characteristics.acrossHosts && { identity: ownIdentity }) }
}

function bytesOf(object: PartitionedObject): string | Uint8Array {
  if (typeof object === 'string' || object instanceof Uint8Array) return object
  if (typeof object === 'object' && 'toozHash' in object) return object.toozHash()
  const text = String(object)
  if (text !== '[object Object]') return text
  throw new InvalidArgument('object', 'The object has no text of its own, so it could not be told from others', { hint: 'Give its id, or an object with toozHash() or toString().' })
}

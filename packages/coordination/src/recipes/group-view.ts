import { Closed } from '@muster/common'

import type { Batch, Session } from '../contract.js'
import { decodeKey } from '../keys.js'
import { membersOf, toMember } from './group.js'
import type { Member } from './group.js'

/** One change of a group's members; several of one moment come together, leaves first. */
export type MemberChange =
  | { readonly type: 'joined'; readonly member: Member }
  | { readonly type: 'left'; readonly before: Member }
  /** `rejoined`: the same id under a new session, whose leave was never told. */
  | { readonly type: 'updated'; readonly member: Member; readonly before: Member; readonly rejoined: boolean }

/** What a batch of the watch means for the members; `members` is brought up to date. What is told as `before` is the object that was in it. */
export function applyBatch(members: Map<string, Member>, { changes }: Batch): MemberChange[] {
  const told: MemberChange[] = []
  const isPlain = changes.every(({ type }) => type === 'put') // as nearly always
  const recreated = new Set(isPlain ? [] : changes.flatMap((change) => (change.type === 'put' ? [change.entry.key] : [])))
  const replaced = new Map<string, Member>()
  for (const change of changes) {
    if (change.type === 'delete') {
      const memberId = decodeKey(change.before.key)
      const before = members.get(memberId)
      if (!before) continue // it went with another key of the same id
      members.delete(memberId)
      if (recreated.has(change.before.key)) replaced.set(memberId, before)
      else told.push({ type: 'left', before })
      continue
    }
    const member = toMember(change.entry)
    const rejoinedFrom = replaced.get(member.memberId)
    const before = rejoinedFrom ?? members.get(member.memberId)
    members.set(member.memberId, member)
    told.push(before ? { type: 'updated', member, before, rejoined: rejoinedFrom !== undefined } : { type: 'joined', member })
  }
  return told
}

/**
 * A group's members in memory, always equal to a state the backend was in, and then the changes in order. The view
 * lives until `close()`, also while the group has not been created.
 */
export class GroupView implements AsyncDisposable {
  readonly group: string
  readonly #members = new Map<string, Member>()
  readonly #abort = new AbortController()
  readonly #listeners = new Set<(changes: readonly MemberChange[]) => void>()
  readonly #synced: Promise<void>
  readonly #ended: Promise<unknown>
  #isSynced = false

  constructor(session: Session, group: string) {
    this.group = group
    let markSynced: () => void = () => {}
    let markFailed: (reason: unknown) => void = () => {}
    this.#synced = new Promise((resolve, reject) => ([markSynced, markFailed] = [resolve, reject]))
    this.#synced.catch(() => undefined) // those who wait are told; nobody may be waiting
    this.#ended = this.#follow(session, markSynced).then(() => new Closed('The group view'), (reason: unknown) => reason)
    void this.#ended.then(markFailed)
  }

  /** By member id. Empty until `synced()`. */
  get members(): ReadonlyMap<string, Member> {
    return this.#members
  }

  get isSynced(): boolean {
    return this.#isSynced
  }

  /** Resolves when the backend's whole state has been seen. @throws Closed */
  synced(): Promise<void> {
    return this.#synced
  }

  /** Resolves when the view follows the group no more, with the reason: Closed, or what the watch has ended with. */
  ended(): Promise<unknown> {
    return this.#ended
  }

  /** Calls `listener` after each change of `members`, and once with nothing at the first sync; returns the way to stop it. */
  onChange(listener: (changes: readonly MemberChange[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#abort.abort()
    await this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #follow(session: Session, markSynced: () => void): Promise<void> {
    for await (const batch of session.watch(membersOf(this.group), { signal: this.#abort.signal })) {
      const changes = applyBatch(this.#members, batch)
      if (batch.synced && !this.#isSynced) {
        this.#isSynced = true
        markSynced()
      } else if (changes.length === 0) continue
      for (const listener of this.#listeners) listener(changes)
    }
  }
}

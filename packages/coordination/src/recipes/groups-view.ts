import { Closed, isMusterError } from '@muster/common'

import type { Change, Session } from '../contract.js'
import { toGroupInfo } from './group.js'
import type { GroupInfo } from './group.js'
import { GroupView } from './group-view.js'
import type { MemberChange } from './group-view.js'

/** What happened to the members of one group, in order. */
export interface GroupChange {
  readonly group: string
  readonly changes: readonly MemberChange[]
}

/** A group whose members are not for us must not hide the others. */
function exceptNotAllowed(error: unknown): void {
  if (!isMusterError(error, 'not_allowed')) throw error
}

/** Every group with its members in memory, each group as its own `GroupView`. Lives until `close()`. A group that may not be read is shown without members. */
export class GroupsView implements AsyncDisposable {
  readonly #session: Session
  readonly #views = new Map<string, { info: GroupInfo; view: GroupView }>()
  readonly #abort = new AbortController()
  readonly #listeners = new Set<(changes: readonly GroupChange[]) => void>()
  readonly #synced: Promise<void>
  readonly #ended: Promise<void>
  #isSynced = false

  constructor(session: Session) {
    this.#session = session
    let markSynced: () => void = () => {}
    let markFailed: (reason: unknown) => void = () => {}
    this.#synced = new Promise((resolve, reject) => ([markSynced, markFailed] = [resolve, reject]))
    this.#synced.catch(() => undefined) // those who wait are told; nobody may be waiting
    this.#ended = this.#follow(markSynced).then(() => markFailed(new Closed('The groups view')), markFailed)
  }

  /** By group name: the group and the live view of its members. */
  get groups(): ReadonlyMap<string, { readonly info: GroupInfo; readonly view: GroupView }> {
    return this.#views
  }

  /** True once every group and all their members have been seen, and from then on. */
  get isSynced(): boolean {
    return this.#isSynced
  }

  /** Resolves when `isSynced`. @throws Closed, or what made the view end */
  synced(): Promise<void> {
    return this.#synced
  }

  /**
   * Calls `listener` after each change of any member, with what happened, and with nothing at the first sync and when
   * groups alone have changed; returns the way to stop it. A group that goes takes its members with it.
   */
  onChange(listener: (changes: readonly GroupChange[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#abort.abort()
    await Promise.all([this.#ended, ...[...this.#views.values()].map(({ view }) => view.close())])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #follow(markSynced: () => void): Promise<void> {
    for await (const { synced, changes } of this.#session.watch('groups', { signal: this.#abort.signal })) {
      const told = changes.flatMap((change) => this.#apply(change))
      if (synced && !this.#isSynced) {
        await Promise.all([...this.#views.values()].map(({ view }) => view.synced().catch(exceptNotAllowed)))
        this.#isSynced = true
        markSynced()
        this.#tell([])
      } else this.#tell(told)
    }
  }

  #apply(change: Change): GroupChange[] {
    const info = toGroupInfo(change.type === 'put' ? change.entry : change.before)
    const { group } = info
    const found = this.#views.get(group)
    if (change.type === 'put') {
      this.#views.set(group, { info, view: found?.view ?? this.#open(group) })
      return []
    }
    this.#views.delete(group)
    void found?.view.close()
    return [{ group, changes: [...(found?.view.members.values() ?? [])].map((before) => ({ type: 'left', before })) }]
  }

  #open(group: string): GroupView {
    const view = new GroupView(this.#session, group)
    view.onChange((changes) => {
      if (this.#views.get(group)?.view === view) this.#tell([{ group, changes }]) // not of a group that has gone
    })
    return view
  }

  #tell(changes: readonly GroupChange[]): void {
    if (!this.#isSynced) return
    for (const listener of this.#listeners) listener(changes)
  }
}

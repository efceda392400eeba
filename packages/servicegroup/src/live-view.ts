import { compareText } from '@muster/common'
import type { ConnectionState, Coordinator, GroupsView, Member } from '@muster/coordination'

import type { LiveView } from './service-group.js'
import type { Group, Worker } from './worker.js'
import { compareWorkers } from './worker-filter.js'
import { toWorker } from './worker-record.js'

/** `LiveView` on a coordinator: rows are made when somebody asks, at most once for each change. */
export class CoordinatorView implements LiveView {
  readonly #coordinator: Coordinator
  readonly #groups: GroupsView
  readonly #listeners = new Set<() => void>()
  readonly #rows = new WeakMap<Member, Worker>()
  #workers: readonly Worker[] | undefined
  #rowsOfGroups: readonly Group[] | undefined
  #connection: ConnectionState = { state: 'connected', epoch: 1 }
  #lastContact = NaN

  constructor(coordinator: Coordinator) {
    this.#coordinator = coordinator
    this.#groups = coordinator.groupsView()
    this.#groups.onChange(() => {
      this.#workers = undefined
      this.#rowsOfGroups = undefined
      this.#tell()
    })
    void this.#followConnection(coordinator)
  }

  /** The servers of a backend may grant another than was asked for. */
  get timeoutMs(): number {
    return this.#coordinator.timeoutMs
  }

  workers(): readonly Worker[] {
    this.#workers ??= [...this.#groups.groups].flatMap(([group, { view }]) => [...view.members.values()].map((member) => this.#row(group, member))).sort(compareWorkers)
    return this.#workers
  }

  groups(): readonly Group[] {
    this.#rowsOfGroups ??= [...this.#groups.groups.values()]
      .map(({ info, view }) => ({ group: info.group, members: view.members.size, createdAt: new Date(info.createdAt).toISOString() }))
      .sort((a, b) => compareText(a.group, b.group))
    return this.#rowsOfGroups
  }

  get synced(): boolean {
    return this.#groups.isSynced
  }

  asOf(): number {
    if (!this.synced) return NaN
    return this.#connection.state === 'connected' ? Date.now() : this.#lastContact
  }

  get connection(): ConnectionState {
    return this.#connection
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    await this.#groups.close()
  }

  #row(group: string, member: Member): Worker {
    let row = this.#rows.get(member)
    if (!row) {
      row = toWorker(group, member)
      this.#rows.set(member, row)
    }
    return row
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  async #followConnection(coordinator: Coordinator): Promise<void> {
    for await (const connection of coordinator.states()) {
      // Renewals come every sixth of the timeout and fail after another sixth: before that, the backend did answer.
      if (this.#connection.state === 'connected') this.#lastContact = Date.now() - this.timeoutMs / 3
      this.#connection = connection
      this.#tell()
    }
  }
}

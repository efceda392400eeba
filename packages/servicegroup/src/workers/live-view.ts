import { compareText } from '@muster/common'
import type { ConnectionState, Coordinator, GroupChange, GroupsView, Member, MemberChange } from '@muster/coordination'

import type { ChangeListener, LiveView } from '../service-group.js'
import { SortedList } from '../sorted-list.js'
import { compareWorkers } from './worker-filter.js'
import type { Group, Worker, WorkerChange } from './worker.js'
import { toWorker } from './worker-record.js'

/** `LiveView` on a coordinator: a change costs what it is about, not what there is. */
export class CoordinatorView implements LiveView {
  readonly #coordinator: Coordinator
  readonly #groups: GroupsView
  readonly #listeners = new Set<ChangeListener>()
  readonly #rows = new WeakMap<Member, Worker>()
  /** Undefined before the first sync. */
  #workers: SortedList<Worker> | undefined
  #rowsOfGroups: readonly Group[] | undefined
  #connection: ConnectionState = { state: 'connected', epoch: 1 }
  #lastContact = NaN

  constructor(coordinator: Coordinator) {
    this.#coordinator = coordinator
    this.#groups = coordinator.groupsView()
    this.#groups.onChange((changes) => this.#apply(changes))
    void this.#followConnection(coordinator)
  }

  /** The servers of a backend may grant another than was asked for. */
  get timeoutMs(): number {
    return this.#coordinator.timeoutMs
  }

  workers(): readonly Worker[] {
    return this.#workers?.list() ?? []
  }

  groups(): readonly Group[] {
    if (!this.#workers) return []
    this.#rowsOfGroups ??= [...this.#groups.groups.values()]
      .map(({ info, view }) => ({ group: info.group, members: view.members.size, createdAt: new Date(info.createdAt).toISOString() }))
      .sort((a, b) => compareText(a.group, b.group))
    return this.#rowsOfGroups
  }

  get synced(): boolean {
    return this.#workers !== undefined
  }

  asOf(): number {
    if (!this.synced) return NaN
    return this.#connection.state === 'connected' ? Date.now() : this.#lastContact
  }

  get connection(): ConnectionState {
    return this.#connection
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    await this.#groups.close()
  }

  #apply(changes: readonly GroupChange[]): void {
    this.#rowsOfGroups = undefined
    if (!this.#workers) {
      this.#workers = new SortedList(compareWorkers, [...this.#groups.groups].flatMap(([group, { view }]) => [...view.members.values()].map((member) => this.#row(group, member))))
      this.#tell([])
      return
    }
    const told = changes.flatMap(({ group, changes: ofMembers }) => ofMembers.flatMap((change) => this.#toWorkerChange(group, change)))
    for (const change of told) this.#workers.replace(change.type === 'joined' ? undefined : change.before, change.type === 'left' ? undefined : change.worker)
    this.#tell(told)
  }

  /** Nothing when a member was written anew and says the same. */
  #toWorkerChange(group: string, change: MemberChange): WorkerChange[] {
    if (change.type === 'joined') return [{ type: 'joined', worker: this.#row(group, change.member) }]
    const before = this.#row(group, change.before)
    if (change.type === 'left') return [{ type: 'left', before }]
    const worker = toWorker(group, change.member)
    const { rejoined } = change
    const isSame = !rejoined && JSON.stringify(worker) === JSON.stringify(before)
    this.#rows.set(change.member, isSame ? before : worker)
    return isSame ? [] : [{ type: 'updated', worker, before, rejoined }]
  }

  #row(group: string, member: Member): Worker {
    let row = this.#rows.get(member)
    if (!row) {
      row = toWorker(group, member)
      this.#rows.set(member, row)
    }
    return row
  }

  #tell(changes: readonly WorkerChange[]): void {
    for (const listener of this.#listeners) listener(changes)
  }

  /** A backend that answers again has changed meanwhile: its watches are served before any other request, so after one the view is up to date. */
  async #catchUp(): Promise<void> {
    await this.#coordinator.getGroups().catch(() => undefined) // then the next state tells
  }

  async #followConnection(coordinator: Coordinator): Promise<void> {
    for await (const connection of coordinator.states()) {
      // Renewals come every sixth of the timeout and fail after another sixth: before that, the backend did answer.
      if (this.#connection.state === 'connected') this.#lastContact = Date.now() - this.timeoutMs / 3
      else if (connection.state === 'connected') await this.#catchUp()
      this.#connection = connection
      this.#tell([])
    }
  }
}

import { backendUrl, Closed, differences, isMusterError, silentLogger } from '@muster/common'
import { openCoordinator } from '@muster/coordination'
import type { Capabilities, Coordinator } from '@muster/coordination'

import { CoordinatorView } from './live-view.js'
import { PublishedLag } from './published-lag.js'
import type { JoinOptions, LiveView, Membership, ServiceGroup, ServiceGroupOptions } from './service-group.js'
import type { Group, WatchWorkersOptions, Worker, WorkerChange, WorkerFilter } from './worker.js'
import { compareWorkers, matchesFilter } from './worker-filter.js'
import { leaveOnSignal, WorkerMembership } from './worker-membership.js'
import { describeWorker, toCapabilities, toWorker } from './worker-record.js'

/** Joins with a session of its own, so that leaving never waits for another member's work. */
async function joinOn(backend: string, options: JoinOptions, { logger }: ServiceGroupOptions): Promise<Membership> {
  const worker = describeWorker(options)
  const coordinator = await openCoordinator(backend, { memberId: worker.memberId, logger })
  const lag = new PublishedLag()
  const capabilities = (incarnation: number): Capabilities => toCapabilities({ ...worker, incarnation, ...lag.row }, coordinator.characteristics)
  try {
    const membership = await coordinator.joinGroupCreate(worker.group, capabilities, { signal: options.signal })
    const joined = new WorkerMembership({ ...worker, memberId: membership.memberId }, coordinator, membership, lag)
    if (options.publishLag !== false && worker.process === process.pid) lag.start((signal) => membership.update(capabilities, signal))
    if (options.leaveOnSignal === true) leaveOnSignal(joined)
    return joined
  } catch (error) {
    await coordinator.close().catch(() => undefined) // the first error is the one to tell
    throw error
  }
}

function workerChanges(told: ReadonlyMap<string, Worker>, current: ReadonlyMap<string, Worker>): WorkerChange[] {
  const { added, removed, changed } = differences(told, current, (before, after) => before === after)
  return [
    ...removed.map((before) => ({ type: 'left' as const, before })),
    ...added.map((worker) => ({ type: 'joined' as const, worker })),
    ...changed.map(({ before, after }) => ({ type: 'updated' as const, worker: after, before, rejoined: (after.incarnation ?? 0) > (before.incarnation ?? 0) })),
  ]
}

/** A call that was given up because `signal` has aborted has not failed. */
const unlessAborted = (signal: AbortSignal | undefined) => (error: unknown): void => {
  if (signal?.aborted !== true) throw error
}

class CoordinatorServiceGroup implements ServiceGroup {
  readonly #backend: string
  readonly #coordinator: Coordinator
  readonly #options: ServiceGroupOptions
  readonly #memberships = new Set<Membership>()
  #view: CoordinatorView | undefined
  #closing: Promise<void> | undefined

  constructor(backend: string, coordinator: Coordinator, options: ServiceGroupOptions) {
    this.#backend = backend
    this.#coordinator = coordinator
    this.#options = options
  }

  async join(options: JoinOptions = {}): Promise<Membership> {
    this.#mustBeOpen()
    const membership = await joinOn(this.#backend, options, this.#options)
    this.#memberships.add(membership)
    return membership
  }

  async workers(filter: WorkerFilter = {}, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<readonly Worker[]> {
    const groups = (await this.#coordinator.getGroups({ signal })).map(({ group }) => group)
    const wanted = filter.group === undefined ? groups : groups.filter((group) => filter.group === group || filter.group?.includes(group))
    const lists = await this.#workersOfThose(wanted, signal)
    return wanted
      .flatMap((group) => lists.get(group) ?? [])
      .filter((worker) => matchesFilter(filter, worker))
      .sort(compareWorkers)
  }

  async groups({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<readonly Group[]> {
    const groups = await this.#coordinator.getGroups({ signal })
    const lists = await this.#workersOfThose(groups.map(({ group }) => group), signal)
    return groups.map(({ group, createdAt }) => ({ group, members: lists.get(group)?.length ?? 0, createdAt: new Date(createdAt).toISOString() }))
  }

  async *watchWorkers(filter: WorkerFilter = {}, { signal, onConnection }: WatchWorkersOptions = {}): AsyncGenerator<readonly WorkerChange[], void> {
    const view = this.#openView()
    await this.#coordinator.getGroups({ signal }).catch(unlessAborted(signal)) // a view waits for ever; this fails when nobody answers
    let { state } = view.connection
    let wake: () => void = () => {}
    const stopListening = view.onChange(() => wake())
    const onAbort = (): void => wake()
    signal?.addEventListener('abort', onAbort)
    let told: ReadonlyMap<string, Worker> | undefined
    try {
      for (;;) {
        const next = new Promise<void>((resolve) => (wake = resolve)) // before looking: what happens meanwhile counts
        if (signal?.aborted) return
        this.#mustBeOpen()
        if (view.connection.state !== state) onConnection?.(view.connection)
        state = view.connection.state
        if (view.synced) {
          const current = new Map(view.workers().filter((worker) => matchesFilter(filter, worker)).map((worker) => [`${worker.group}/${worker.memberId}`, worker]))
          const changes = workerChanges(told ?? new Map<string, Worker>(), current)
          const first = told === undefined
          told = current
          if (first || changes.length > 0) yield changes
        }
        await next
      }
    } finally {
      stopListening()
      signal?.removeEventListener('abort', onAbort)
    }
  }

  view(): LiveView {
    return this.#openView()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#memberships].map((membership) => membership.leave()))
    await this.#view?.close()
    await this.#coordinator.close()
  }

  #openView(): CoordinatorView {
    this.#mustBeOpen()
    this.#view ??= new CoordinatorView(this.#coordinator)
    return this.#view
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new Closed('The service group')
  }

  /** A group that belongs to somebody else does not hide the others; it is an error only if there is nothing else to show. */
  async #workersOfThose(groups: readonly string[], signal: AbortSignal | undefined): Promise<ReadonlyMap<string, Worker[]>> {
    const lists = new Map<string, Worker[]>()
    const refusals: unknown[] = []
    await Promise.all(
      groups.map(async (group) => {
        try {
          lists.set(group, await this.#workersOf(group, signal))
        } catch (error) {
          if (!isMusterError(error, 'not_allowed')) throw error
          refusals.push(error)
          this.#options.logger?.warn({ err: error, group }, 'the members of a group may not be read')
        }
      }),
    )
    if (refusals.length > 0 && lists.size === 0) throw refusals[0]
    return lists
  }

  async #workersOf(group: string, signal: AbortSignal | undefined): Promise<Worker[]> {
    try {
      return (await this.#coordinator.getMembersWithCapabilities(group, { signal })).map((member) => toWorker(group, member))
    } catch (error) {
      if (isMusterError(error, 'group_not_created')) return [] // deleted between the two reads
      throw error
    }
  }
}

/**
 * Opens the servicegroup API straight on a backend; nothing is made or written before the first join. `backend`
 * defaults to `SVC_BACKEND`, else the embedded store at its default place.
 * @throws InvalidArgument, with a suggestion, for an unknown scheme or option; NotSupported if a package is missing.
 */
export async function openServiceGroup(backend = backendUrl(), options: ServiceGroupOptions = {}): Promise<ServiceGroup> {
  const coordinator = await openCoordinator(backend, { logger: options.logger ?? silentLogger })
  return new CoordinatorServiceGroup(backend, coordinator, options)
}

/**
 * Joins a group as a worker, at startup: `await join()`. Resolves when every list shows the worker, which then stays
 * listed until `leave()`, or until its process is gone or hangs for longer than the session timeout (10 s). After a lost
 * session it comes back by itself. The worker's timers do not keep its process alive.
 * @throws BackendUnreachable, NotAllowed, NotSupported or InvalidArgument when the backend cannot be used; TooLarge
 * beyond 64 KiB of description. @see Vitrage's coordination.Service, tooz join_group_create
 */
export function join({ backend = backendUrl(), logger, ...options }: JoinOptions & ServiceGroupOptions & { readonly backend?: string | undefined } = {}): Promise<Membership> {
  return joinOn(backend, options, { logger })
}

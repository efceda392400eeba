import type { Worker, WorkerChange } from '@muster/servicegroup'

import { diffWorkers, identityOf } from './diff-workers.js'
import type { WatchEvent } from './watch-events.js'

type Workers = Map<string, Worker>

/**
 * What a consumer has been told of the workers, over all connections. A snapshot is put together aside; when it is whole
 * the consumer is told how it differs, once, so that a lost server is nobody leaving. What a server tells anew while it
 * cannot vouch for it may be older than what was told: it waits until the server can.
 */
export class Replica {
  /** The event after which a new connection goes on; empty: it must begin anew. */
  lastEventId = ''
  #told: Workers | undefined
  /** The snapshot that is not told yet. */
  #next: Workers | undefined
  #isNextWhole = false
  #changes: WorkerChange[] = []
  /** In this connection. */
  #isSynced = false
  #isStale = false

  /** True once the consumer has been told who is there. */
  get hasTold(): boolean {
    return this.#told !== undefined
  }

  /** True when this connection has told everything up to some moment. */
  get isSynced(): boolean {
    return this.#isSynced
  }

  /** True while the server of this connection cannot vouch for what it tells. */
  get isStale(): boolean {
    return this.#isStale
  }

  /** A new connection: half a snapshot is worth nothing. */
  begin(): void {
    this.#isSynced = false
    this.#isStale = false
    if (this.lastEventId === '') this.#beginSnapshot()
  }

  apply(event: WatchEvent): void {
    switch (event.type) {
      case 'reset':
        this.#beginSnapshot()
        return
      case 'snapshot':
        if (!this.#next || this.#isNextWhole) this.#beginSnapshot()
        for (const worker of event.workers) this.#next?.set(identityOf(worker), worker)
        return
      case 'change':
        this.#change(event)
        if (!this.#next || this.#isNextWhole) this.lastEventId = event.id
        return
      case 'synced':
        this.#isNextWhole = this.#next !== undefined
        this.#isSynced = true
        this.lastEventId = event.id
        return
      case 'stale':
      case 'unavailable':
        this.#isStale = true
        return
      case 'current':
        this.#isStale = false
        return
    }
  }

  /** What the consumer is to be told now; undefined: nothing. The first time also that nobody is there. */
  take(): readonly WorkerChange[] | undefined {
    const changes = this.#changes
    this.#changes = []
    const isFirst = !this.#told
    if (this.#next && this.#isNextWhole && this.#isSynced && (isFirst || !this.#isStale)) {
      changes.push(...diffWorkers(this.#told ?? new Map<string, Worker>(), this.#next))
      this.#told = this.#next
      this.#next = undefined
      this.#isNextWhole = false
      if (isFirst) return changes
    }
    return changes.length > 0 ? changes : undefined
  }

  #beginSnapshot(): void {
    this.#next = new Map()
    this.#isNextWhole = false
    this.lastEventId = ''
  }

  /** What a change means is what it changes here. */
  #change({ worker, before, rejoined }: Extract<WatchEvent, { type: 'change' }>): void {
    const workers = this.#next ?? this.#told
    const subject = worker ?? before
    if (!workers || !subject) return
    const identity = identityOf(subject)
    const known = workers.get(identity)
    if (worker) workers.set(identity, worker)
    else workers.delete(identity)
    if (workers !== this.#told) return
    if (worker) this.#changes.push(known ? { type: 'updated', worker, before: known, rejoined } : { type: 'joined', worker })
    else if (known) this.#changes.push({ type: 'left', before: known })
  }
}

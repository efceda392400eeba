import { diffRows } from './diff-rows.js'
import type { Topic } from './topic.js'
import type { WatchEvent } from './watch-events.js'

/**
 * What a consumer has been told of the rows of a topic, over all connections. A snapshot is put together aside; when it is whole
 * the consumer is told how it differs, once, so that a lost server is nothing going. What a server tells anew while it
 * cannot vouch for it may be older than what was told: it waits until the server can.
 */
export class Replica<Row, Change> {
  /** The event after which a new connection goes on; empty: it must begin anew. */
  lastEventId = ''
  readonly #topic: Topic<Row, Change>
  #told: Map<string, Row> | undefined
  /** The snapshot that is not told yet. */
  #next: Map<string, Row> | undefined
  #isNextWhole = false
  #changes: Change[] = []
  /** In this connection. */
  #isSynced = false
  #isStale = false

  constructor(topic: Topic<Row, Change>) {
    this.#topic = topic
  }

  /** True once the consumer has been told what is there. */
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

  apply(event: WatchEvent<Row>): void {
    switch (event.type) {
      case 'reset':
        this.#beginSnapshot()
        return
      case 'snapshot':
        if (!this.#next || this.#isNextWhole) this.#beginSnapshot()
        for (const row of event.rows) this.#next?.set(this.#topic.identityOf(row), row)
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

  /** What the consumer is to be told now; undefined: nothing. The first time also that there is none. */
  take(): readonly Change[] | undefined {
    const changes = this.#changes
    this.#changes = []
    const isFirst = !this.#told
    if (this.#next && this.#isNextWhole && this.#isSynced && (isFirst || !this.#isStale)) {
      changes.push(...diffRows(this.#topic, this.#told ?? new Map<string, Row>(), this.#next))
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
  #change({ row, before, rejoined }: Extract<WatchEvent<Row>, { type: 'change' }>): void {
    const { identityOf, came, went, changed } = this.#topic
    const rows = this.#next ?? this.#told
    const subject = row ?? before
    if (!rows || subject === undefined) return
    const identity = identityOf(subject)
    const known = rows.get(identity)
    if (row === undefined) rows.delete(identity)
    else rows.set(identity, row)
    if (rows !== this.#told) return
    if (row !== undefined) this.#changes.push(known === undefined ? came(row) : changed(row, known, rejoined))
    else if (known !== undefined) this.#changes.push(went(known))
  }
}

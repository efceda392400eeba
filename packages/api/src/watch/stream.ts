import type { ServerResponse } from 'node:http'

import type { Trust } from '../freshness.js'
import type { ChangeRing } from './change-ring.js'
import * as events from './events.js'
import type { Snapshot } from './snapshot.js'
import type { TopicChange } from './topic.js'

/** What all streams of a server have in common. */
export interface Source<Row, Change extends TopicChange, Filter> {
  readonly ring: ChangeRing<Change, Filter>
  /** The id of the event at a place of the ring. */
  idOf(place: number): string
  snapshot(): Snapshot<Row, Filter>
  /** How far the view may be told to a client that accepts what is `staleMs` old. */
  trust(staleMs: number): Trust
  asOf(): number
  /** Hears that a client fell behind what the ring holds. */
  onOverrun(): void
}

export interface StreamOptions<Filter> {
  /** Undefined: everything. */
  readonly filter: Filter | undefined
  readonly staleMs: number
  /** The place after which the client wants to go on; undefined: it has nothing yet. NaN is no place of this ring. */
  readonly from: number | undefined
  readonly retryMs: number
}

/**
 * One client: its place in the ring. It holds no bytes: what comes next is looked up when the socket can take it, so a
 * client that does not read costs what its socket buffers.
 *
 *     snapshot -> changes -> synced -> changes ...      from the beginning
 *                 changes -> synced -> changes ...      from a place that the ring reaches
 *     reset -> snapshot -> ...                          from any other, and when it falls too far behind
 */
export class Stream<Row, Change extends TopicChange, Filter> {
  readonly #source: Source<Row, Change, Filter>
  readonly #response: ServerResponse
  readonly #options: StreamOptions<Filter>
  #place = 0
  /** The place that the client knows by an event's id. */
  #toldPlace = NaN
  #snapshot: Iterator<Buffer> | undefined
  #resetReason: string | undefined
  #isSynced = false
  #toldTrust: Trust['kind'] = 'current'
  /** On `performance.now()`, since when the socket takes no more. */
  #blockedSince: number | undefined

  constructor(source: Source<Row, Change, Filter>, response: ServerResponse, options: StreamOptions<Filter>) {
    this.#source = source
    this.#response = response
    this.#options = options
    const { from, retryMs } = options
    if (from !== undefined && source.ring.reaches(from)) this.#place = this.#toldPlace = from
    else this.#begin(from === undefined ? undefined : 'that event is not known here any more')
    response.on('drain', () => {
      this.#blockedSince = undefined
      this.pump()
    })
    this.#write(events.retry(retryMs))
  }

  /** Writes whatever there is to tell, as far as the socket takes it. */
  pump(): void {
    while (this.#isWritable()) {
      const bytes = this.#next()
      if (!bytes) return
      this.#write(bytes)
    }
  }

  /** A sign of life. It also brings the place up to date of a client that has been shown nothing of what happened. */
  heartbeat(): void {
    if (!this.#isWritable()) return
    this.#write(this.#isSynced && this.#toldPlace !== this.#place ? this.#synced() : events.heartbeat)
  }

  /** True when the socket has taken nothing for so long. */
  isStalled(ms: number): boolean {
    return this.#blockedSince !== undefined && performance.now() - this.#blockedSince > ms
  }

  /** Ends the stream after what was written; a client that does not read is cut off. */
  end(): void {
    if (this.#blockedSince === undefined) this.#response.end()
    else this.cut()
  }

  cut(): void {
    this.#response.destroy()
  }

  #isWritable(): boolean {
    return this.#blockedSince === undefined && !this.#response.destroyed && !this.#response.writableEnded
  }

  #write(bytes: Buffer): void {
    if (!this.#response.write(bytes)) this.#blockedSince = performance.now()
  }

  #begin(resetReason: string | undefined): void {
    const snapshot = this.#source.snapshot()
    this.#place = snapshot.place
    this.#snapshot = snapshot.events(this.#options.filter)
    this.#resetReason = resetReason
    this.#isSynced = false
  }

  /** Undefined when the client has been told everything. */
  #next(): Buffer | undefined {
    const { ring } = this.#source
    const trust = this.#source.trust(this.#options.staleMs)
    if (trust.kind !== 'current' && trust.kind !== this.#toldTrust) return this.#trusted(trust)
    if (!ring.reaches(this.#place)) {
      this.#source.onOverrun()
      this.#begin('the client is too slow')
    }
    if (this.#resetReason !== undefined) {
      const bytes = events.reset(this.#resetReason)
      this.#resetReason = undefined
      return bytes
    }
    const rows = this.#snapshot?.next()
    if (rows?.done === false) return rows.value
    this.#snapshot = undefined
    const changes = this.#nextChanges()
    if (changes) return changes
    if (trust.kind !== this.#toldTrust) return this.#trusted(trust) // current again: after what has changed meanwhile
    return this.#isSynced ? undefined : this.#synced()
  }

  #trusted(trust: Trust): Buffer {
    this.#toldTrust = trust.kind
    return events.trusted(trust, this.#source.asOf())
  }

  #nextChanges(): Buffer | undefined {
    const { ring } = this.#source
    while (this.#place < ring.head) {
      const { bytes, to } = ring.read(this.#place, this.#options.filter)
      this.#place = to
      if (bytes.length === 0) continue
      this.#toldPlace = to
      return bytes
    }
    return undefined
  }

  #synced(): Buffer {
    this.#isSynced = true
    this.#toldPlace = this.#place
    return events.synced(this.#source.idOf(this.#place))
  }
}

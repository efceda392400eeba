import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises'

import { Closed } from '@muster/common'
import type { Logger } from '@muster/common'

import { trustOf } from '../freshness.js'
import type { FollowedView } from '../freshness.js'
import { ChangeRing } from './change-ring.js'
import type { RingLimits } from './change-ring.js'
import { Snapshot } from './snapshot.js'
import { Stream } from './stream.js'
import type { Topic, TopicChange } from './topic.js'

export interface FeedOptions {
  /** How much of the past a client that comes back, or is slow, may catch up with. Default: 10,000 changes, 16 MiB. */
  readonly ring?: RingLimits | undefined
  /** Default 15 s. */
  readonly heartbeatMs?: number | undefined
  /** A client whose socket has taken nothing for so long is cut off. Default 60 s. */
  readonly stalledMs?: number | undefined
}

export interface OpenOptions<Filter> {
  /** Names and values by turns. */
  readonly headers: string[]
  readonly filter: Filter | undefined
  readonly staleMs: number
  /** The id of the last event that the client has, as it sent it. */
  readonly lastEventId: string | undefined
}

/** Between two looks for what time alone changes. */
const tickMs = 1000
/** How long one turn of telling the streams may keep the process from everything else. */
const turnMs = 10
/** After a cut, clients come back at random between these. */
const [retryFromMs, retryToMs] = [1000, 3000]

/**
 * What happens in a view, for any number of clients. Each change becomes bytes once. The streams are told in
 * rounds; after a round there is a pause as long as the CPU it took, so that more clients mean more changes at once in each
 * write, and never more than half of a core.
 */
export class Feed<Row, Change extends TopicChange, Filter> {
  readonly #view: FollowedView<Change>
  readonly #topic: Topic<Row, Change, Filter>
  readonly #logger: Logger
  readonly #heartbeatMs: number
  readonly #stalledMs: number
  /** Ids of another server, or of this one before its restart, are not mistaken for its own. */
  readonly #life = randomBytes(6).toString('hex')
  readonly #ring: ChangeRing<Change, Filter>
  readonly #streams = new Set<Stream<Row, Change, Filter>>()
  #snapshot: Snapshot<Row, Filter> | undefined
  #ticker: NodeJS.Timeout | undefined
  #heartbeatAt = 0
  #isTelling = false
  #isMore = false
  #isEnded = false

  constructor(view: FollowedView<Change>, topic: Topic<Row, Change, Filter>, logger: Logger, { ring = { changes: 10_000, bytes: 16 * 1024 * 1024 }, heartbeatMs = 15_000, stalledMs = 60_000 }: FeedOptions = {}) {
    this.#view = view
    this.#topic = topic
    this.#logger = logger
    this.#heartbeatMs = heartbeatMs
    this.#stalledMs = stalledMs
    this.#ring = new ChangeRing(ring, (place) => this.#idOf(place), topic)
    view.onChange((changes) => {
      for (const change of changes) this.#ring.append(change)
      this.#tellSoon()
    })
  }

  /** @throws Closed when the server is stopping */
  mustBeOpen(): void {
    if (this.#isEnded) throw new Closed('The server', { hint: 'Ask again in a moment, or another server.' })
  }

  /** Tells a client from now on, in an answer that has not begun; returns the way to end that. The view must be synced. */
  open(response: ServerResponse, { headers, filter, staleMs, lastEventId }: OpenOptions<Filter>): () => void {
    this.mustBeOpen()
    if (response.destroyed) return () => {}
    response.useChunkedEncodingByDefault = false // the end of the connection ends it: a write is one write, without a frame around it
    response.writeHead(200, headers)
    response.flushHeaders()
    const retryMs = Math.round(retryFromMs + Math.random() * (retryToMs - retryFromMs))
    const source = {
      ring: this.#ring,
      idOf: (place: number) => this.#idOf(place),
      snapshot: () => this.#currentSnapshot(),
      trust: (ms: number) => trustOf(this.#view, ms),
      asOf: () => this.#view.asOf(),
      onOverrun: () => this.#logger.info({}, 'a watching client was too slow and begins anew'),
    }
    const stream = new Stream(source, response, { filter, staleMs, from: lastEventId ? this.#placeOf(lastEventId) : undefined, retryMs })
    this.#streams.add(stream)
    response.once('close', () => this.#remove(stream))
    if (!this.#ticker) {
      this.#heartbeatAt = performance.now() + this.#heartbeatMs
      this.#ticker = setInterval(() => this.#tick(), Math.min(tickMs, this.#heartbeatMs))
    }
    stream.pump()
    return () => stream.end()
  }

  /** How many are told now. */
  get clients(): number {
    return this.#streams.size
  }

  /** Ends all streams, so that their clients go elsewhere. */
  end(): void {
    this.#isEnded = true
    for (const stream of this.#streams) stream.end()
  }

  #idOf(place: number): string {
    return `${this.#life}-${place}`
  }

  #placeOf(id: string): number {
    return id.startsWith(`${this.#life}-`) && /-\d{1,15}$/.test(id) ? Number(id.slice(this.#life.length + 1)) : NaN
  }

  /** The last one, as long as what came after it is little against it. */
  #currentSnapshot(): Snapshot<Row, Filter> {
    const { head } = this.#ring
    const last = this.#snapshot
    if (last && this.#ring.reaches(last.place) && head - last.place <= last.rows.length / 10) return last
    this.#snapshot = new Snapshot(head, this.#topic.rows(), this.#topic)
    return this.#snapshot
  }

  #remove(stream: Stream<Row, Change, Filter>): void {
    this.#streams.delete(stream)
    if (this.#streams.size > 0) return
    clearInterval(this.#ticker)
    this.#ticker = undefined
    this.#snapshot = undefined
  }

  #tick(): void {
    for (const stream of this.#streams) {
      if (!stream.isStalled(this.#stalledMs)) continue
      this.#logger.info({ stalledMs: this.#stalledMs }, 'a watching client that does not read was cut off')
      stream.cut()
    }
    if (trustOf(this.#view).kind !== 'current') this.#tellSoon() // what is stale may be too old now
    if (performance.now() < this.#heartbeatAt) return
    this.#heartbeatAt = performance.now() + this.#heartbeatMs
    for (const stream of this.#streams) stream.heartbeat()
  }

  #tellSoon(): void {
    this.#isMore = true
    if (!this.#isTelling && this.#streams.size > 0) void this.#tell()
  }

  async #tell(): Promise<void> {
    this.#isTelling = true
    await immediate() // together with what else has come at this moment
    while (this.#isMore && this.#streams.size > 0) {
      this.#isMore = false
      const before = process.cpuUsage()
      await this.#tellAll()
      const { user, system } = process.cpuUsage(before)
      if (this.#streams.size > 1) await delay((user + system) / 1000) // not the time: on a busy machine most of that was waiting
    }
    this.#isTelling = false
  }

  async #tellAll(): Promise<void> {
    let turnEndsAt = performance.now() + turnMs
    for (const stream of this.#streams) {
      stream.pump()
      if (performance.now() < turnEndsAt) continue
      await immediate()
      turnEndsAt = performance.now() + turnMs
    }
  }
}

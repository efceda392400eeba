import { setTimeout as delay } from 'node:timers/promises'

import { Bell, longestTimerMs, messageOf, silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'

import { readOn } from '../log/follow.js'
import type { FollowedLog } from '../log/follow.js'
import { toNotification } from '../notification/notification.js'
import { RetryLater } from './sink.js'
import type { Sink } from './sink.js'

export interface CourierOptions {
  readonly logger?: Logger | undefined
}

const mostAtOnce = 100
const [firstBackoffMs, longestBackoffMs] = [100, 30_000]
/** Between two looks at the log where nobody says that it has grown. */
const lookEveryMs = 5000

/** How a sink does. */
export interface SinkStatus {
  readonly sink: string
  /** Why it was not told, the last time; undefined when it was. */
  readonly failure: string | undefined
  /** When the oldest change happened that it is yet to be told of, ms since 1970; undefined when it knows all. */
  readonly oldestPendingAt: number | undefined
}

/**
 * Brings the notifications of a log to one sink, in order, and remembers in the log's database how far it has come. A sink that is slow or away
 * lags behind; nobody waits for it. A new sink begins with what comes next. To be run by one process at a time: two would tell everything twice.
 */
export class Courier {
  readonly #followed: FollowedLog
  readonly #sink: Sink
  readonly #logger: Logger
  readonly #closing = new AbortController()
  readonly #bell = new Bell()
  readonly #done: Promise<void>
  #cursor: number | undefined
  #failure: string | undefined
  #oldestPendingAt: number | undefined

  /** Begins at once. */
  constructor(followed: FollowedLog, sink: Sink, { logger = silentLogger }: CourierOptions = {}) {
    this.#followed = followed
    this.#sink = sink
    this.#logger = logger
    this.#done = this.#run()
  }

  /** The number of the last change that the sink has; undefined before it is known. */
  get cursor(): number | undefined {
    return this.#cursor
  }

  get status(): SinkStatus {
    return { sink: this.#sink.name, failure: this.#failure, oldestPendingAt: this.#oldestPendingAt }
  }

  /** Resolves when the sink is told no more and is closed. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#done
    await this.#sink.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    const { log, tail } = this.#followed
    const stopListening = (tail ?? log).onAdded(() => this.#bell.ring())
    signal.addEventListener('abort', stopListening, { once: true })
    let backoffMs = firstBackoffMs
    while (!signal.aborted) {
      try {
        this.#bell.hear()
        const isMore = await this.#bring(signal)
        this.#noteSuccess()
        backoffMs = firstBackoffMs
        if (!isMore) await this.#bell.wait(lookEveryMs, signal)
      } catch (error) {
        if (this.#isClosing()) return
        this.#noteFailure(error)
        const isScheduled = error instanceof RetryLater
        const pauseMs = isScheduled ? Math.min(error.afterMs, longestTimerMs) : backoffMs * (0.5 + Math.random() / 2)
        await delay(pauseMs, undefined, { ref: false, signal }).catch(() => undefined)
        if (!isScheduled) backoffMs = Math.min(backoffMs * 2, longestBackoffMs)
      }
    }
  }

  /** Brings one page. True when there may be more. */
  async #bring(signal: AbortSignal): Promise<boolean> {
    const { log } = this.#followed
    this.#cursor ??= await log.readCursor(this.#sink.name, signal)
    const { changes, gap, next, isLast } = await readOn(this.#followed, { after: this.#cursor, filter: this.#sink.filter, limit: this.#sink.atOnce ?? mostAtOnce, signal })
    if (gap) this.#logger.warn({ sink: this.#sink.name, ...gap.gap }, 'the log no longer has what the sink was to be told')
    const notifications = changes.flatMap((change) => toNotification(change) ?? [])
    const oldest = changes.find(({ seq }) => seq === notifications[0]?.seq)
    this.#oldestPendingAt = oldest && Date.parse(oldest.at)
    if (notifications.length > 0) await this.#sink.send(notifications, signal)
    if (next !== this.#cursor) await log.writeCursor(this.#sink.name, next, signal)
    this.#cursor = next
    if (isLast) this.#oldestPendingAt = undefined
    return !isLast
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted
  }

  #noteSuccess(): void {
    if (this.#failure !== undefined) this.#logger.info({ sink: this.#sink.name }, 'the sink is told again')
    this.#failure = undefined
  }

  #noteFailure(error: unknown): void {
    const failure = messageOf(error)
    if (failure !== this.#failure) this.#logger.warn({ err: error, sink: this.#sink.name }, 'the sink cannot be told, trying again')
    this.#failure = failure
  }
}

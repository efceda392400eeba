import { BackendUnreachable, httpStatusByCode, isMusterError, messageOf } from '@muster/common'
import type { Logger } from '@muster/common'
import type { WatchWorkersOptions } from '@muster/servicegroup'

import { backoffMs } from './backoff.js'
import { Replica } from './replica.js'
import type { Topic } from './topic.js'
import type { WatchEvent } from './watch-events.js'

export interface WatchOptions<Row, Change> {
  readonly topic: Topic<Row, Change>
  /** One connection to the server, after the event with that id. Ends when the server ends it. */
  readonly connect: (lastEventId: string) => AsyncIterable<readonly WatchEvent<Row>[]>
  /** Rejects when the watch is over. */
  readonly pause: (ms: number) => Promise<void>
  /** The endpoint as errors name it. */
  readonly endpoint: string
  readonly logger: Logger
  readonly onConnection?: WatchWorkersOptions['onConnection']
}

/**
 * Tells the rows there are, then what changes, over as many connections as it takes. What fails before the first is
 * told is thrown; later failures are told once and tried again, unless the server refuses.
 */
export async function* watchByEvents<Row, Change>({ topic, connect, pause, endpoint, logger, onConnection }: WatchOptions<Row, Change>): AsyncGenerator<readonly Change[], void> {
  const replica = new Replica(topic)
  const report = new Report(logger, onConnection)
  for (;;) {
    replica.begin()
    let failure: unknown = new BackendUnreachable(endpoint, 'the server ended the stream')
    try {
      for await (const events of connect(replica.lastEventId)) {
        for (const event of events) replica.apply(event)
        report.hear(replica)
        const changes = replica.take()
        if (changes) yield changes
      }
    } catch (error) {
      failure = error
    }
    if (!replica.hasTold || !isWorthRetrying(failure)) throw failure
    await pause(backoffMs(report.fail(failure), Math.random()))
  }
}

/** A server that fails may recover; what it refuses it refuses again. */
function isWorthRetrying(error: unknown): boolean {
  return isMusterError(error) && error.code !== 'closed' && error.code !== 'not_supported' && httpStatusByCode[error.code] >= 500
}

/** Tells the log and the caller when the server goes and comes, and when it cannot vouch for what it tells: each once. */
class Report {
  readonly #logger: Logger
  readonly #onConnection: WatchWorkersOptions['onConnection']
  #failures = 0
  #isStale = false

  constructor(logger: Logger, onConnection: WatchWorkersOptions['onConnection']) {
    this.#logger = logger
    this.#onConnection = onConnection
  }

  /** Returns how many there were in a row. */
  fail(error: unknown): number {
    this.#failures += 1
    if (this.#failures === 1) {
      this.#logger.warn({ err: error }, 'the server is gone, trying again')
      this.#onConnection?.({ state: 'suspended', reason: messageOf(error) })
    }
    return this.#failures
  }

  hear({ isSynced, isStale }: Pick<Replica<never, never>, 'isSynced' | 'isStale'>): void {
    if (isSynced && this.#failures > 0) {
      this.#logger.info({ failures: this.#failures }, 'the server is back')
      this.#failures = 0
      if (!isStale && !this.#isStale) this.#onConnection?.({ state: 'connected' })
    }
    if (isStale === this.#isStale || !(isSynced || isStale)) return
    this.#isStale = isStale
    if (isStale) {
      this.#logger.warn({}, 'the server cannot reach its backend; what it tells is old')
      this.#onConnection?.({ state: 'suspended', reason: 'the server cannot reach its backend' })
    } else {
      this.#logger.info({}, 'the server reaches its backend again')
      this.#onConnection?.({ state: 'connected' })
    }
  }
}

import { BackendUnreachable } from '@muster/common'
import type { Logger } from '@muster/common'
import type { WatchWorkersOptions } from '@muster/servicegroup'

import { backoffMs } from './backoff.js'
import { Replica } from './replica.js'
import { isWorthRetrying, Report } from './report.js'
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

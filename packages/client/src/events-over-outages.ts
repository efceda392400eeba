import { BackendUnreachable } from '@muster/common'
import type { Logger } from '@muster/common'

import { backoffMs } from './backoff.js'
import { isWorthRetrying, Report } from './report.js'

export interface EventsOverOutagesOptions<Event> {
  /** One connection to the server. Ends when the server ends it. */
  readonly connect: (onOpen: () => void) => AsyncIterable<readonly Event[]>
  /** Rejects when nobody wants to hear more. */
  readonly pause: (ms: number) => Promise<void>
  /** The endpoint as errors name it. */
  readonly endpoint: string
  readonly logger: Logger
}

/** The events of a stream, over as many connections as it takes. What fails before the first connection is thrown, and what the server refuses. */
export async function* eventsOverOutages<Event>({ connect, pause, endpoint, logger }: EventsOverOutagesOptions<Event>): AsyncGenerator<Event, void> {
  const report = new Report(logger, undefined)
  let [hasBegun] = [false]
  const onOpen = (): void => {
    hasBegun = true
    report.hear({ isSynced: true, isStale: false })
  }
  for (;;) {
    let failure: unknown = new BackendUnreachable(endpoint, 'the server ended the stream')
    try {
      for await (const events of connect(onOpen)) yield* events
    } catch (error) {
      failure = error
    }
    if (!hasBegun || !isWorthRetrying(failure)) throw failure
    await pause(backoffMs(report.fail(failure), Math.random()))
  }
}

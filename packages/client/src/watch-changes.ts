import { BackendUnreachable } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Change } from '@muster/notifications'

import { backoffMs } from './backoff.js'
import { isChange, missingOf } from './changes.js'
import type { EventMessage } from './event-stream.js'
import { isWorthRetrying, Report } from './report.js'

export interface WatchChangesByEventsOptions {
  /** One connection to the server, after that number. Ends when the server ends it. */
  readonly connect: (after: number, onOpen: () => void) => AsyncIterable<readonly Change[]>
  /** Rejects when the watch is over. */
  readonly pause: (ms: number) => Promise<void>
  readonly after: number
  /** The endpoint as errors name it. */
  readonly endpoint: string
  readonly logger: Logger
}

/** Tells the changes after a number, each once, over as many connections as it takes. What fails before the first connection is thrown, and what the server refuses. */
export async function* watchChangesByEvents({ connect, pause, after, endpoint, logger }: WatchChangesByEventsOptions): AsyncGenerator<Change, void> {
  const report = new Report(logger, undefined)
  let [cursor, hasBegun] = [after, false]
  const onOpen = (): void => {
    hasBegun = true
    report.hear({ isSynced: true, isStale: false })
  }
  for (;;) {
    let failure: unknown = new BackendUnreachable(endpoint, 'the server ended the stream')
    try {
      for await (const changes of connect(cursor, onOpen)) {
        for (const change of changes) {
          if (change.seq <= cursor) continue
          cursor = change.seq
          yield change
        }
      }
    } catch (error) {
      failure = error
    }
    if (!hasBegun || !isWorthRetrying(failure)) throw failure
    await pause(backoffMs(report.fail(failure), Math.random()))
  }
}

/** Reads one event of `GET /v1/change/stream`; undefined for one that only newer clients know. @throws SyntaxError when it is not as it should be */
export function parseChangeEvent({ event, data }: EventMessage): Change | undefined {
  if (event === 'gap') return missingOf(JSON.parse(data))
  if (event !== 'change') return undefined
  const change: unknown = JSON.parse(data)
  if (isChange(change)) return change
  throw new SyntaxError('a change that is none')
}

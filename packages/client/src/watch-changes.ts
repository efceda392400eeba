import type { Change } from '@muster/notifications'

import { isChange, missingOf } from './changes.js'
import type { EventMessage } from './event-stream.js'
import { eventsOverOutages } from './events-over-outages.js'
import type { EventsOverOutagesOptions } from './events-over-outages.js'

export interface WatchChangesByEventsOptions extends Omit<EventsOverOutagesOptions<Change>, 'connect'> {
  /** One connection to the server, after that number. Ends when the server ends it. */
  readonly connect: (after: number, onOpen: () => void) => AsyncIterable<readonly Change[]>
  readonly after: number
}

/** Tells the changes after a number, each once, over as many connections as it takes. */
export async function* watchChangesByEvents({ connect, after, ...options }: WatchChangesByEventsOptions): AsyncGenerator<Change, void> {
  let cursor = after
  for await (const change of eventsOverOutages({ connect: (onOpen) => connect(cursor, onOpen), ...options })) {
    if (change.seq <= cursor) continue
    cursor = change.seq
    yield change
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

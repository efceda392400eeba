import { isMusterError } from '@muster/common'
import type { ClusterRow } from '@muster/provisioning'

import type { Calls } from './calls.js'
import { isCluster } from './clusters.js'
import { connectToEvents } from './event-stream.js'
import type { EventMessage } from './event-stream.js'
import { eventsOverOutages } from './events-over-outages.js'
import type { HttpServiceGroupOptions } from './http-service-group.js'
import type { Http } from './http.js'

interface WatchClusterOptions extends HttpServiceGroupOptions {
  readonly idOrName: string
  readonly pathOf: (idOrName: string) => string
  readonly query: URLSearchParams
  readonly signal: AbortSignal | undefined
  readonly calls: Calls
  readonly http: Http
}

/** A cluster at once, then after each change, over outages and restarts of the server; ends when it is deleted or `signal` aborts. @throws what fails before it was seen, and what the server refuses */
export async function* watchCluster({ idOrName, pathOf, signal, calls, http, ...options }: WatchClusterOptions): AsyncGenerator<ClusterRow, void> {
  const { endpoint, logger } = options
  let [id, last] = [idOrName, '']
  const connect = (onOpen: () => void): AsyncIterable<readonly (ClusterRow | 'deleted')[]> => connectToEvents({ path: `${pathOf(id)}/stream`, parse: parseClusterEvent, http, calls, lastEventId: '', signal, onOpen, ...options })
  try {
    for await (const event of eventsOverOutages({ connect, pause: (ms) => calls.pause(ms, { signal }), endpoint, logger })) {
      if (event === 'deleted') return
      const text = JSON.stringify(event)
      if (text === last) continue // a new connection begins with what may have been told
      id = event.id
      last = text
      yield event
    }
  } catch (error) {
    if (signal?.aborted === true || (last !== '' && isMusterError(error, 'not_found'))) return
    throw error
  }
}

/** Reads one event of `GET /v1/cluster/{id}/stream`; undefined for one that only newer clients know. @throws SyntaxError when it is not as it should be */
function parseClusterEvent({ event, data }: EventMessage): ClusterRow | 'deleted' | undefined {
  if (event === 'deleted') return event
  if (event !== 'snapshot' && event !== 'change') return undefined
  const row: unknown = JSON.parse(data)
  if (isCluster(row)) return row
  throw new SyntaxError('a cluster that is none')
}

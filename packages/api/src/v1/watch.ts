import type { Request, RequestHandler, Response } from 'express'

import { headersOf } from '../answer.js'
import type { Access } from '../auth/access.js'
import type { Context } from '../context.js'
import type { Freshness } from '../freshness.js'
import { Refusal } from '../problems.js'
import { queryReader } from '../query.js'
import type { Query } from '../query.js'
import type { Route } from '../route.js'
import type { Feed } from '../watch/feed.js'
import type { WatchPlaces } from '../watch/watch-places.js'
import { admit, freshnessParameters, readServiceFilter, readStale, readWorkerFilter, serviceParameters, viewParameters, workerParameters } from './parameters.js'
import { asksForServices } from './service.js'

const workersQuery = { ...viewParameters, ...workerParameters, ...freshnessParameters }
const servicesQuery = { ...viewParameters, ...serviceParameters, ...freshnessParameters }

interface Watched<Filter> {
  readonly access: Access
  readonly places: WatchPlaces
  readonly feed: Pick<Feed<never, never, Filter>, 'mustBeOpen' | 'open'>
  readonly freshness: Freshness
  readonly query: Query<typeof freshnessParameters>
  readonly filter: Filter | undefined
}

/** Tells what there is and then what changes. */
async function watch<Filter>(req: Request, res: Response, { access, places, feed, freshness, query, filter }: Watched<Filter>): Promise<void> {
  if (req.accepts('text/event-stream') === false) {
    throw new Refusal(406, 'not_supported', `${req.path} cannot be told as ${req.get('Accept') ?? 'nothing'}`, { hint: 'Accept text/event-stream; GET /v1/service lists the same as JSON.' })
  }
  feed.mustBeOpen()
  await admit(freshness, res, query)
  const noBuffering = ['X-Accel-Buffering', 'no'] // nginx would hold events back
  const headers = headersOf(res, ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-cache, no-transform', ...noBuffering])
  if (req.method === 'HEAD') {
    res.writeHead(200, headers).end()
    return
  }
  places.take(req.socket.remoteAddress ?? '', res)
  access.whileAllowed(req, res, feed.open(res, { headers, filter, staleMs: readStale(query), lastEventId: req.get('Last-Event-ID') }))
}

/** `GET /v1/watch`: the live workers, or with `view=services` the services, and then what changes, as Server-Sent Events. */
export function watchRoute({ access, places, workers, services }: Context): Route {
  const [readWorkersQuery, readServicesQuery] = [queryReader(workersQuery), queryReader(servicesQuery)]
  const watchWorkers: RequestHandler = (req, res) => {
    const query = readWorkersQuery(req.url)
    return watch(req, res, { access, places, ...workers, query, filter: readWorkerFilter(query) })
  }
  const watchServices: RequestHandler = (req, res) => {
    const query = readServicesQuery(req.url)
    return watch(req, res, { access, places, ...services, query, filter: readServiceFilter(query) })
  }
  return {
    path: '/v1/watch',
    method: 'get',
    role: 'reader',
    operation: {
      summary: 'The live workers, or with view=services the services, and then what changes, as Server-Sent Events.',
      query: { ...workersQuery, ...servicesQuery },
      headers: { 'Last-Event-ID': 'The last event that the client has: it goes on after that.' },
      answers: { 200: { description: 'snapshot, synced, change, reset, stale, unavailable and current events, until the connection ends.', schema: { type: 'string' }, type: 'text/event-stream' } },
      problems: [406, 429],
    },
    handler: (req, res, next) => (asksForServices(req.url) ? watchServices : watchWorkers)(req, res, next),
  }
}

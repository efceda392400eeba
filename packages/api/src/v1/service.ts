import { matchesFilter } from '@muster/servicegroup'
import type { RequestHandler } from 'express'

import type { Context } from '../context.js'
import { cachedListing, sendRepresentation, toListing } from '../listing.js'
import { parseQuery, queryReader } from '../query.js'
import type { Route } from '../route.js'
import { workerJson } from '../row-json.js'
import { bodies } from '../schemas/schemas.js'
import { freshnessParameters, readStale, readWorkerFilter, viewParameters, workerParameters } from './parameters.js'
import { listServices, servicesQuery } from './services.js'

const workersQuery = { ...viewParameters, ...workerParameters, ...freshnessParameters }
const readQuery = queryReader(workersQuery)

/** The live workers, as Vitrage lists them. Without a filter the bytes are ready before the request. */
function listWorkers({ workers: { view, freshness } }: Context): RequestHandler {
  const everyWorker = cachedListing(() => view.workers(), (workers) => workers.map(workerJson))
  return async (req, res) => {
    const query = readQuery(req.url)
    const [filter, staleMs] = [readWorkerFilter(query), readStale(query)]
    if (!freshness.synced) await freshness.firstSync() // an answer after an await costs a tenth more
    freshness.admit(res, staleMs)
    sendRepresentation(req, res, filter ? toListing(view.workers().filter((worker) => matchesFilter(filter, worker)).map(workerJson)) : everyWorker())
  }
}

/** True when a query asks for services instead of workers. */
export function asksForServices(url: string): boolean {
  if (!url.includes('view=')) return false
  const { view } = parseQuery(url)
  return Array.isArray(view) && view.includes('services')
}

/** `GET /v1/service`: the live workers, or with `view=services` the services. */
export function serviceRoute(context: Context): Route {
  const [workers, services] = [listWorkers(context), listServices(context)]
  return {
    path: '/v1/service',
    method: 'get',
    role: 'reader',
    operation: {
      summary: 'The live workers by name; with view=services the services by type and host.',
      query: { ...workersQuery, ...servicesQuery },
      headers: { 'If-None-Match': 'The tag of the list that the client has.' },
      answers: {
        200: { description: 'All of them, or with limit some.', schema: { anyOf: [bodies('Worker'), bodies('Service')] }, headers: { ETag: 'Of these bytes.', Link: 'Where the next services are, rel="next".' } },
        304: { description: 'The client has it.' },
      },
    },
    handler: (req, res, next) => (asksForServices(req.url) ? services : workers)(req, res, next),
  }
}

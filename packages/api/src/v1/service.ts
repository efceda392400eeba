import { matchesFilter } from '@muster/servicegroup'
import type { LiveView } from '@muster/servicegroup'
import type { RequestHandler } from 'express'

import type { Freshness } from '../freshness.js'
import { cachedListing, sendListing, toListing } from '../listing.js'
import { queryReader } from '../query.js'
import { workerJson } from '../worker-json.js'
import { filterFields, readFilter, readStale } from './parameters.js'

const readQuery = queryReader([...filterFields, 'stale'])

/** `GET /v1/service`: the live workers, as Vitrage lists them. Without a filter the bytes are ready before the request. */
export function listServices(view: LiveView, freshness: Freshness): RequestHandler {
  const everyWorker = cachedListing(() => view.workers(), workerJson)
  return async (req, res) => {
    const query = readQuery(req.url)
    const [filter, staleMs] = [readFilter(query), readStale(query)]
    if (!freshness.synced) await freshness.firstSync()
    const marks = freshness.admit(staleMs)
    sendListing(req, res, filter ? toListing(view.workers().filter((worker) => matchesFilter(filter, worker)).map(workerJson)) : everyWorker(), marks)
  }
}

import { matchesFilter } from '@muster/servicegroup'
import type { LiveView, Worker } from '@muster/servicegroup'
import type { RequestHandler } from 'express'

import type { Freshness } from '../freshness.js'
import { cachedListing, sendListing, toListing } from '../listing.js'
import { queryReader } from '../query.js'

const readFilter = queryReader(['group', 'name', 'hostname', 'type'])

/** A worker's keys on the wire, in this order, and no others. */
function toRow({ name, hostname, process, created, group, type, state, region, zone, version, labels, memberId, incarnation, lagMs }: Worker): Worker {
  return { name, hostname, process, created, group, type, state, region, zone, version, labels, memberId, incarnation, ...(lagMs !== undefined && { lagMs }) }
}

/** `GET /v1/service`: the live workers, as Vitrage lists them. Without a filter the bytes are ready before the request. */
export function listServices(view: LiveView, freshness: Freshness): RequestHandler {
  const everyWorker = cachedListing(() => view.workers(), toRow)
  return async (req, res) => {
    const filter = readFilter(req.url)
    await freshness.admit(res)
    const isFiltered = Object.keys(filter).length > 0
    const listing = isFiltered ? toListing(view.workers().filter((worker) => matchesFilter(filter, worker)).map(toRow)) : everyWorker()
    sendListing(req, res, listing)
  }
}

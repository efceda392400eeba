import type { RequestHandler } from 'express'

import type { Freshness } from '../freshness.js'
import { Refusal } from '../problems.js'
import { queryReader } from '../query.js'
import { filterFields, readFilter, readStale } from './parameters.js'
import type { WorkerFeed } from '../watch/worker-feed.js'

const readQuery = queryReader([...filterFields, 'stale'])

/** `GET /v1/watch`: the live workers and then what changes, as Server-Sent Events. */
export function watchWorkers(freshness: Freshness, feed: WorkerFeed): RequestHandler {
  return async (req, res) => {
    const query = readQuery(req.url)
    const staleMs = readStale(query)
    if (req.accepts('text/event-stream') === false) {
      throw new Refusal(406, 'not_supported', `${req.path} cannot be told as ${req.get('Accept') ?? 'nothing'}`, { hint: 'Accept text/event-stream; GET /v1/service lists the same as JSON.' })
    }
    feed.mustBeOpen()
    if (!freshness.synced) await freshness.firstSync()
    freshness.admit(res, staleMs)
    res.setHeader('Content-Type', 'text/event-stream')
    res.setHeader('Cache-Control', 'no-cache, no-transform')
    res.setHeader('X-Accel-Buffering', 'no') // nginx would hold events back
    if (req.method === 'HEAD') {
      res.end()
      return
    }
    feed.open(res, { filter: readFilter(query), staleMs, lastEventId: req.get('Last-Event-ID') })
  }
}

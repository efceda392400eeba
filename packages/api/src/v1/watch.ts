import type { RequestHandler } from 'express'

import { headersOf } from '../answer.js'
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
    const marks = freshness.admit(staleMs)
    const noBuffering = ['X-Accel-Buffering', 'no'] // nginx would hold events back
    const headers = headersOf(res, ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-cache, no-transform', ...noBuffering, ...marks])
    if (req.method === 'HEAD') {
      res.writeHead(200, headers).end()
      return
    }
    feed.open(res, { headers, filter: readFilter(query), staleMs, lastEventId: req.get('Last-Event-ID') })
  }
}

import type { Request, RequestHandler } from 'express'
import { Counter, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'

import { otherValue } from './tally.js'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** A stream lasts as long as its client likes: that says nothing of the server. */
const streams = ['/v1/watch', '/v1/change/stream', '/v1/notification/stream', '/v1/cluster/:id/stream']

/**
 * Counts and measures each request from its arrival to the end of its answer, by the template of its route: paths that are none count as
 * one, and so do methods that a path does not have, whose times are not told. Nor are times by status, or of HEAD apart from GET: a dozen lines
 * for each that a client can bring about would be what `/metrics` takes longest for.
 */
export function observeRequests(registry: Registry): RequestHandler {
  const registers = [registry]
  const counts = new Counter({ name: 'svc_http_requests_total', help: 'Requests that were answered', labelNames: ['method', 'route', 'status'], registers })
  const durations = new Histogram({
    name: 'svc_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer; streams that were opened are left out',
    labelNames: ['method', 'route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  return (req, res, next) => {
    const startedAt = performance.now()
    res.once('close', () => {
      const route = routeOf(req)
      const method = methods.includes(req.method) && res.statusCode !== 405 ? req.method : otherValue
      counts.inc({ method, route, status: res.statusCode })
      if (method === otherValue || (streams.includes(route) && req.method === 'GET' && res.statusCode === 200)) return
      durations.observe({ method: method === 'HEAD' ? 'GET' : method, route }, (performance.now() - startedAt) / 1000)
    })
    next()
  }
}

function routeOf(req: Request): string {
  const route: unknown = req.route
  return typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string' ? req.baseUrl + route.path : 'none'
}

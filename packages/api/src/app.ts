import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import type { ServiceGroup } from '@muster/servicegroup'
import express from 'express'
import type { Express, RequestHandler } from 'express'

import { answerProblems } from './answer-problems.js'
import { readJsonBody } from './body.js'
import { novaFace } from './faces/nova/face.js'
import type { NovaServices } from './faces/nova/face.js'
import { liveness, readiness } from './health.js'
import { Freshness } from './freshness.js'
import { methodNotAllowed, noSuchPath } from './problems.js'
import { logRequests, nameRequests } from './requests.js'
import { listGroups } from './v1/group.js'
import { listServices } from './v1/service.js'
import { watchWorkers } from './v1/watch.js'
import { describeV1, describeVersions } from './versions.js'
import { WorkerFeed } from './watch/worker-feed.js'
import type { FeedOptions } from './watch/worker-feed.js'

export interface AppOptions {
  /** Default: says nothing. */
  readonly logger?: Logger | undefined
  /** Aborted when the server begins to stop: `/readyz` then answers 503, and streams end. */
  readonly stopping?: AbortSignal | undefined
  /** Limits of `/v1/watch`. */
  readonly feed?: FeedOptions | undefined
}

/** The HTTP API over a service group's live view, which is opened here. The caller owns and closes the service group. */
export function createApp(serviceGroup: Pick<ServiceGroup, 'view'> & NovaServices, { logger = silentLogger, stopping, feed: feedOptions }: AppOptions = {}): Express {
  const view = serviceGroup.view()
  const freshness = new Freshness(view, logger)
  const feed = new WorkerFeed(view, logger, feedOptions)
  stopping?.addEventListener('abort', () => feed.end(), { once: true })
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag') // each list has its own, made once for each change
  app.enable('case sensitive routing')
  app.set('query parser', false) // query.ts reads it

  const get = (path: string, handler: RequestHandler): void => void app.route(path).get(handler).all(methodNotAllowed('GET, HEAD'))
  app.use(nameRequests, logRequests(logger), readJsonBody)
  get('/v1/service', listServices(view, freshness))
  get('/v1/watch', watchWorkers(freshness, feed))
  get('/v1/group', listGroups(view, freshness))
  app.use('/v2.1', novaFace(serviceGroup, logger))
  get('/livez', liveness)
  get('/readyz', readiness(view, stopping))
  get('/v1', describeV1)
  get('/', describeVersions)
  app.use(noSuchPath, answerProblems(logger))
  return app
}

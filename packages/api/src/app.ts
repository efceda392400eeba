import { silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import express from 'express'
import type { Express } from 'express'

import { answerProblems } from './answer-problems.js'
import { readJsonBody } from './body.js'
import type { Connections } from './connections.js'
import { openContext } from './context.js'
import type { AppServiceGroup, Context } from './context.js'
import { novaFace } from './faces/nova/face.js'
import { saharaFace } from './faces/sahara/face.js'
import { livenessOfProcess, readiness } from './health.js'
import type { ServerHistory } from './history/history.js'
import { limits } from './limits.js'
import { createMetrics } from './metrics/metrics.js'
import { openApiRoute } from './openapi.js'
import { noSuchPath } from './problems.js'
import type { ServerProvisioning } from './provisioning/server-provisioning.js'
import { refuseExcess } from './refuse-excess.js'
import { logRequests, nameRequests } from './requests.js'
import type { Route } from './route.js'
import { addRoutes } from './routing.js'
import { changeRoutes } from './v1/change.js'
import { clusterEventRoutes } from './v1/cluster-event.js'
import { stepRoutes } from './v1/cluster-step.js'
import { clusterStreamRoute } from './v1/cluster-stream.js'
import { clusterRoutes } from './v1/cluster.js'
import { explanationRoute } from './v1/explanation.js'
import { groupsRoute, membersRoute } from './v1/group.js'
import { livenessRoute } from './v1/liveness.js'
import { deleteServiceRoute, getServiceRoute, patchServiceRoute } from './v1/one-service.js'
import { hostsRoute, zonesRoute } from './v1/places.js'
import { pastRoutes } from './v1/past.js'
import { serviceRoute } from './v1/service.js'
import { tokenRoutes } from './v1/token.js'
import { watchRoute } from './v1/watch.js'
import { webhookRoutes } from './v1/webhook.js'
import { versionRoutes } from './versions.js'
import type { FeedOptions } from './watch/feed.js'
import { WatchPlaces } from './watch/watch-places.js'

export interface AppOptions {
  /** Default: says nothing. */
  readonly logger?: Logger | undefined
  /** Aborted when the server begins to stop: `/readyz` then answers 503, and streams end. */
  readonly stopping?: AbortSignal | undefined
  /** Others than this host can reach it: a token is needed even while there is none. Default false. */
  readonly beyondLoopback?: boolean | undefined
  /** Requests a second with one token; 0: any number. Default 100. */
  readonly rateLimit?: number | undefined
  /** What `/v1/change` and its like tell. Default: none is kept. The caller's to close. */
  readonly history?: ServerHistory | undefined
  /** The clusters that `/v1/cluster` and Sahara's face tell. Default: none are kept. The caller's to close. */
  readonly provisioning?: ServerProvisioning | undefined
  /** Ranges that are not public and that webhooks may be sent to all the same. Default: none. */
  readonly webhookAllow?: readonly string[] | undefined
  /** Limits of `/v1/watch`. */
  readonly feed?: FeedOptions | undefined
  /** Those of the server that the app runs in: what `/metrics` tells of them, and of how many `/v1/watch` may take its share. Default: 5000, untold. */
  readonly connections?: Connections | undefined
}

/** The HTTP API over a service group's live views, which are opened here. The caller owns and closes the service group. */
export function createApp(serviceGroup: AppServiceGroup, { logger = silentLogger, stopping, beyondLoopback = false, rateLimit = 100, history, provisioning, webhookAllow, feed, connections }: AppOptions = {}): Express {
  const places = new WatchPlaces(connections?.most ?? limits.connections)
  const context = openContext(serviceGroup, { logger, beyondLoopback, rateLimit, feed, places, history, provisioning, webhookRules: { allow: webhookAllow } })
  stopping?.addEventListener('abort', () => [context.workers.feed, context.services.feed, ...context.streams].forEach((told) => told.end()), { once: true })
  const metrics = createMetrics({ workers: context.workers.view, services: context.services.view, watchClients: () => context.workers.feed.clients + context.services.feed.clients + context.streams.size, connections, history, stopping })
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag') // each list has its own, made once for each change
  app.enable('case sensitive routing')
  app.set('query parser', false) // query.ts reads it
  app.use(nameRequests, logRequests(logger), metrics.observe, refuseExcess)
  addRoutes(app, routesOf(context, metrics.route, stopping), context.access, readJsonBody)
  app.use('/v2.1', novaFace(context, logger))
  for (const below of ['/v1.1', '/v2'] as const) app.use(below, saharaFace(context, below, logger))
  app.use(noSuchPath, answerProblems(logger))
  return app
}

/** Every path of the server, except those of the faces. */
function routesOf(context: Context, metrics: Route, stopping: AbortSignal | undefined): readonly Route[] {
  const routes: Route[] = [
    serviceRoute(context),
    getServiceRoute(context),
    patchServiceRoute(context),
    deleteServiceRoute(context),
    explanationRoute(context),
    livenessRoute(context),
    watchRoute(context),
    groupsRoute(context),
    membersRoute(context),
    hostsRoute(context),
    zonesRoute(context),
    ...tokenRoutes(context),
    ...webhookRoutes(context),
    ...changeRoutes(context),
    ...pastRoutes(context),
    ...clusterRoutes(context),
    ...stepRoutes(context),
    ...clusterEventRoutes(context),
    clusterStreamRoute(context),
    livenessOfProcess,
    readiness(context, stopping),
    metrics,
    openApiRoute(() => routes),
    ...versionRoutes(() => routes),
  ]
  return routes
}

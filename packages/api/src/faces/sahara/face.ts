import type { Logger } from '@muster/common'
import { Router } from 'express'
import type { ErrorRequestHandler, RequestHandler } from 'express'

import { answerProblems } from '../../answer-problems.js'
import { readJsonBody } from '../../body.js'
import type { Context } from '../../context.js'
import { addRoutes } from '../../routing.js'
import type { RoutedPath } from '../../routing.js'
import { asError, nothingHere } from './answers.js'
import { dialects } from './cluster-rows.js'
import { listClusters, listEvents, showCluster } from './clusters.js'

export type SaharaPath = keyof typeof dialects

/** The paths of the face below one of Sahara's versions: behind a tenant, and in the second also without one. */
export function saharaRoutes(context: Context, below: SaharaPath): readonly RoutedPath[] {
  const get = (path: string, handler: RequestHandler): RoutedPath => ({ path, method: 'get', role: 'reader', handler })
  const routes = [
    get('/clusters', listClusters(context, dialects[below])),
    get('/clusters/{id}', showCluster(context, dialects[below])),
    get('/clusters/{id}/progress', listEvents(context)),
  ]
  return [...(below === '/v2' ? routes : []), ...routes.map((route) => ({ ...route, path: `/{tenant}${route.path}` }))]
}

/** Sahara's API of clusters, as far as its stock clients read it: all that it answers is in Sahara's forms, errors too. */
export function saharaFace(context: Context, below: SaharaPath, logger: Logger): (RequestHandler | ErrorRequestHandler)[] {
  const router = Router({ caseSensitive: true })
  addRoutes(router, saharaRoutes(context, below), context.access, readJsonBody)
  return [router, nothingHere, answerProblems(logger, asError)]
}

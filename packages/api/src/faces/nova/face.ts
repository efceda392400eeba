import type { Logger } from '@muster/common'
import { Router } from 'express'
import type { ErrorRequestHandler, RequestHandler } from 'express'

import { answerProblems } from '../../answer-problems.js'
import type { Context } from '../../context.js'
import { addRoutes } from '../../routing.js'
import type { RoutedPath } from '../../routing.js'
import { asFault, nothingHere, readNovaBody } from './answers.js'
import { changeService, deleteService } from './change-services.js'
import { listHosts, listHypervisors } from './hosts.js'
import { listServices } from './list-services.js'
import { negotiate, since, until } from './microversions.js'
import { servicesReader } from './read-services.js'
import { describeNova } from './version-documents.js'
import { listZones } from './zones.js'

/** The paths of the face, below `/v2.1`; all but the first also behind a project. */
export function novaRoutes(context: Context): readonly RoutedPath[] {
  const read = servicesReader(context)
  const { serviceGroup } = context
  const get = (path: string, ...handler: RequestHandler[]): RoutedPath => ({ path, method: 'get', role: 'reader', handler })
  const routes: readonly RoutedPath[] = [
    get('/os-services', listServices(read)),
    { path: '/os-services/{id}', method: 'put', role: 'operator', handler: changeService(serviceGroup) },
    { path: '/os-services/{id}', method: 'delete', role: 'admin', handler: deleteService(serviceGroup) },
    get('/os-availability-zone', listZones(read, false)),
    get('/os-availability-zone/detail', listZones(read, true)),
    get('/os-hypervisors', listHypervisors(read, false)),
    get('/os-hypervisors/detail', listHypervisors(read, true)),
    get('/os-hosts', until(since.noHosts), listHosts(read)),
  ]
  return [{ path: '/', method: 'get', role: 'open', handler: describeNova }, ...routes.flatMap((route) => [route, { ...route, path: `/{project}${route.path}` }])]
}

/** Nova's API of services, as its stock clients use it, for `/v2.1`: all that it answers is in Nova's forms, errors too. */
export function novaFace(context: Context, logger: Logger): (RequestHandler | ErrorRequestHandler)[] {
  const router = Router({ caseSensitive: true })
  router.use(negotiate)
  addRoutes(router, novaRoutes(context), context.access, readNovaBody)
  return [router, nothingHere, answerProblems(logger, asFault)]
}

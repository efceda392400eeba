import type { Logger } from '@muster/common'
import { Router } from 'express'
import type { ErrorRequestHandler, RequestHandler } from 'express'

import { answerProblems } from '../../answer-problems.js'
import type { Context } from '../../context.js'
import { methodNotAllowed } from '../../problems.js'
import { asFault, nothingHere, tellBodyErrors } from './answers.js'
import { changeService, deleteService } from './change-services.js'
import { listHosts, listHypervisors } from './hosts.js'
import { listServices } from './list-services.js'
import { negotiate, since, until } from './microversions.js'
import { servicesReader } from './read-services.js'
import { describeNova } from './version-documents.js'
import { listZones } from './zones.js'

/** Nova's API of services, as its stock clients use it, for `/v2.1`: all that it answers is in Nova's forms, errors too. */
export function novaFace(context: Context, logger: Logger): (RequestHandler | ErrorRequestHandler)[] {
  const read = servicesReader(context)
  const { serviceGroup } = context
  const router = Router({ caseSensitive: true })
  const anyProject = (path: string): string[] => [path, `/:project${path}`]
  const get = (path: string | string[], ...handlers: RequestHandler[]): void => void router.route(path).get(...handlers).all(methodNotAllowed('GET, HEAD'))

  router.use(negotiate)
  get('/', describeNova)
  get(anyProject('/os-services'), listServices(read))
  router.route(anyProject('/os-services/:id')).put(changeService(serviceGroup)).delete(deleteService(serviceGroup)).all(methodNotAllowed('PUT, DELETE'))
  get(anyProject('/os-availability-zone'), listZones(read, false))
  get(anyProject('/os-availability-zone/detail'), listZones(read, true))
  get(anyProject('/os-hypervisors'), listHypervisors(read, false))
  get(anyProject('/os-hypervisors/detail'), listHypervisors(read, true))
  get(anyProject('/os-hosts'), until(since.noHosts), listHosts(read))
  return [router, nothingHere, tellBodyErrors, answerProblems(logger, asFault)]
}

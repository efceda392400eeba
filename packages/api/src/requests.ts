import { randomUUID } from 'node:crypto'

import type { Logger } from '@muster/common'
import type { RequestHandler, Response } from 'express'

import { tokenOf } from './auth/caller.js'

export const requestIdHeader = 'X-Request-Id'
const wellFormed = /^[A-Za-z0-9._-]{1,64}$/

/** Gives each request an id: the client's own if it is fit for a log line, else a random one. The answer carries it. */
export const nameRequests: RequestHandler = (req, res, next) => {
  const given = req.get(requestIdHeader)
  res.locals.requestId = given !== undefined && wellFormed.test(given) ? given : randomUUID()
  next()
}

export function requestIdOf(res: Response): string {
  return String(res.locals.requestId)
}

/** One debug line for each request, without the query: what is asked for may one day be secret. */
export function logRequests(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now()
    res.once('close', () => {
      const ms = Math.round(performance.now() - startedAt)
      logger.debug({ requestId: requestIdOf(res), token: tokenOf(res)?.id, method: req.method, path: req.path, status: res.statusCode, finished: res.writableFinished, ms }, 'request')
    })
    next()
  }
}

import { randomUUID } from 'node:crypto'

import type { Logger } from '@muster/common'
import type { RequestHandler, Response } from 'express'

import { securityHeaders } from './security-headers.js'

const requestIdHeader = 'X-Request-Id'
const wellFormed = /^[A-Za-z0-9._-]{1,64}$/

/**
 * Sets the headers of every answer. Each request has an id: the client's own if it is fit for a log line, else a random
 * one. The answer carries it.
 */
export const beginAnswers: RequestHandler = (req, res, next) => {
  const given = req.headers['x-request-id']
  res.setHeader(requestIdHeader, typeof given === 'string' && wellFormed.test(given) ? given : randomUUID())
  for (const [name, value] of securityHeaders) res.setHeader(name, value)
  next()
}

export function requestIdOf(res: Response): string {
  return String(res.getHeader(requestIdHeader))
}

/** One debug line for each request, without the query: what is asked for may one day be secret. */
export function logRequests(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now()
    res.once('close', () => {
      const ms = Math.round(performance.now() - startedAt)
      logger.debug({ requestId: requestIdOf(res), method: req.method, path: req.path, status: res.statusCode, finished: res.writableFinished, ms }, 'request')
    })
    next()
  }
}

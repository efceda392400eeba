import type { Logger } from '@muster/common'
import type { ErrorRequestHandler } from 'express'

import { toProblem } from './problems.js'
import { requestIdOf } from './requests.js'

/** Answers every error in one form. Failures of the server are logged with their cause; refusals are the client's to see. */
export function answerProblems(logger: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const requestId = requestIdOf(res)
    const { problem, headers } = toProblem(error, { instance: req.originalUrl, requestId })
    // That lists cannot be answered is logged once, where it begins: freshness.ts.
    const level = problem.status >= 500 && problem.error !== 'backend_unreachable' ? 'error' : 'debug'
    logger[level]({ err: error, requestId, method: req.method, path: req.path, status: problem.status }, problem.detail)
    if (res.headersSent) {
      next(error) // too late for a problem: express cuts the connection, so that half an answer is not taken for a whole one
      return
    }
    const bytes = Buffer.from(JSON.stringify(problem))
    for (const name of ['ETag', 'X-Svc-As-Of', 'Warning']) res.removeHeader(name)
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
    res.statusCode = problem.status
    res.setHeader('Content-Type', 'application/problem+json')
    res.setHeader('Content-Length', bytes.length)
    res.setHeader('Cache-Control', 'no-store')
    res.end(bytes)
  }
}

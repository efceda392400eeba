import type { Logger } from '@muster/common'
import type { ErrorRequestHandler } from 'express'

import { answer } from './answer.js'
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
    const own = ['Content-Type', 'application/problem+json', 'Cache-Control', 'no-store', ...Object.entries(headers).flat()]
    answer(res, problem.status, own, Buffer.from(JSON.stringify(problem)))
  }
}

import type { Logger } from '@muster/common'
import type { ErrorRequestHandler, Response } from 'express'

import { answer } from './answer.js'
import type { HeaderFields } from './answer.js'
import { toProblem } from './problems.js'
import type { Problem } from './problems.js'
import { requestIdOf } from './requests.js'

/** How a problem is told. */
export type ProblemForm = (problem: Problem, res: Response) => { readonly type: string; readonly content: object; readonly headers?: HeaderFields }

const asProblem: ProblemForm = (content) => ({ type: 'application/problem+json', content })

/** Answers every error in one form. Failures of the server are logged with their cause; refusals are the client's to see. */
export function answerProblems(logger: Logger, form: ProblemForm = asProblem): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const requestId = requestIdOf(res)
    const { problem, headers } = toProblem(error, { instance: req.originalUrl.replace(/\?.*$/s, ''), requestId })
    // That lists cannot be answered is logged once, where it begins: freshness.ts.
    const level = problem.status >= 500 && problem.error !== 'backend_unreachable' ? 'error' : 'debug'
    logger[level]({ err: error, requestId, method: req.method, path: req.path, status: problem.status }, problem.detail)
    if (res.headersSent) {
      next(error) // too late for a problem: express cuts the connection, so that half an answer is not taken for a whole one
      return
    }
    const { type, content, headers: formHeaders = [] } = form(problem, res)
    const own = ['Content-Type', type, 'Cache-Control', 'no-store', ...Object.entries(headers).flat(), ...formHeaders]
    answer(res, problem.status, own, Buffer.from(JSON.stringify(content)))
  }
}

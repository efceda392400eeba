import type { RequestHandler, Response } from 'express'

import type { ProblemForm } from '../../answer-problems.js'
import { answerJson } from '../../answer.js'
import type { HeaderFields } from '../../answer.js'
import { Refusal } from '../../problems.js'
import { requestIdOf } from '../../requests.js'

/** By this name clients tell the request's id when something goes wrong. */
const idHeader = (res: Response): HeaderFields => ['X-OpenStack-Request-Id', requestIdOf(res)]

export function answerSahara(res: Response, content: object): void {
  answerJson(res, 200, content, [...idHeader(res), 'Cache-Control', 'no-cache'])
}

const errorNames = new Map([
  [400, 'VALIDATION_ERROR'],
  [401, 'UNAUTHORIZED'],
  [403, 'ACCESS_DENIED'],
  [404, 'NOT_FOUND'],
  [405, 'METHOD_NOT_ALLOWED'],
  [429, 'TOO_MANY_REQUESTS'],
  [501, 'NOT_IMPLEMENTED'],
  [503, 'SERVICE_UNAVAILABLE'],
])

/** A problem as Sahara tells it. */
export const asError: ProblemForm = ({ status, detail, hint, requestId }, res) => ({
  type: 'application/json; charset=utf-8',
  content: { error_code: status, error_name: errorNames.get(status) ?? 'INTERNAL_SERVER_ERROR', error_message: `${hint === null ? detail : `${detail.replace(/\.$/, '')}. ${hint}`}\nError ID: ${requestId}` },
  headers: idHeader(res),
})

export const nothingHere: RequestHandler = () => {
  throw new Refusal(404, 'not_found', 'Not found')
}

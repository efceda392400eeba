import type { ErrorRequestHandler, RequestHandler, Response } from 'express'

import type { ProblemForm } from '../../answer-problems.js'
import { answerJson, headersOf } from '../../answer.js'
import type { HeaderFields } from '../../answer.js'
import { Refusal } from '../../problems.js'
import { requestIdOf } from '../../requests.js'
import { isNegotiated, microversionHeaders, readMicroversion } from './microversions.js'

/** Clients tell the request's id when something goes wrong, each by a name of its own. */
const idHeaders = ['X-OpenStack-Request-Id', 'X-Compute-Request-Id'] as const

const novaHeaders = (res: Response): HeaderFields => [...idHeaders.flatMap((name) => [name, requestIdOf(res)]), ...microversionHeaders(res)]

/** Answers with JSON, and says in which version. */
export function answerNova(res: Response, content: object, headers: HeaderFields = []): void {
  answerJson(res, 200, content, [...novaHeaders(res), ...headers])
}

export function answerNothing(res: Response): void {
  res.writeHead(204, headersOf(res, novaHeaders(res))).end()
}

const faultNames = new Map([
  [400, 'badRequest'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'itemNotFound'],
  [405, 'badMethod'],
  [409, 'conflictingRequest'],
  [413, 'overLimit'],
  [415, 'badMediaType'],
  [429, 'overLimit'],
  [501, 'notImplemented'],
  [503, 'serviceUnavailable'],
])

/** A problem as Nova tells it. */
export const asFault: ProblemForm = ({ status, detail, hint }, res) => ({
  type: 'application/json; charset=UTF-8',
  content: { [faultNames.get(status) ?? 'computeFault']: { code: status, message: hint === null ? detail : `${detail}. ${hint}` } },
  headers: novaHeaders(res),
})

/** For what went wrong before the face was asked: the body could not be read. Nova looks at the version first. */
export const tellBodyErrors: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (isNegotiated(res)) {
    next(error)
    return
  }
  readMicroversion(req, res)
  next(error instanceof Refusal && error.status === 400 ? new Refusal(400, 'invalid_argument', 'Malformed request body') : error)
}

export const nothingHere: RequestHandler = () => {
  throw new Refusal(404, 'not_found', 'The resource could not be found.')
}

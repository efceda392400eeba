import type { RequestHandler, Response } from 'express'

import type { ProblemForm } from '../../answer-problems.js'
import { answerJson, headersOf } from '../../answer.js'
import type { HeaderFields } from '../../answer.js'
import { readJsonBody } from '../../body.js'
import { Refusal } from '../../problems.js'
import { requestIdOf } from '../../requests.js'
import { microversionHeaders } from './microversions.js'

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

/** A problem as Nova tells it; that somebody must say who they are as Keystone's middleware before it does. */
export const asFault: ProblemForm = ({ status, title, detail, hint }, res) => {
  const message = hint === null ? detail : `${detail}. ${hint}`
  const content = status === 401 ? { error: { code: status, message, title } } : { [faultNames.get(status) ?? 'computeFault']: { code: status, message } }
  return { type: 'application/json; charset=UTF-8', content, headers: novaHeaders(res) }
}

/** Reads a body as every path does; what is wrong with it is told in Nova's words. */
export const readNovaBody: RequestHandler = (req, res, next) =>
  readJsonBody(req, res, (error?: unknown) => next(error instanceof Refusal && error.status === 400 ? new Refusal(400, 'invalid_argument', 'Malformed request body') : error))

export const nothingHere: RequestHandler = () => {
  throw new Refusal(404, 'not_found', 'The resource could not be found.')
}

import { TooLarge } from '@muster/common'
import express from 'express'
import type { RequestHandler } from 'express'

import { Refusal } from './problems.js'

const jsonTypes = ['application/json', 'application/*+json']
const bodyLimitBytes = 100 * 1024

/** The parser's error, as far as it is told here. */
interface ParserError {
  readonly type: string
  readonly status: number
  readonly message: string
  /** Of the whole body if it was announced, else of what came until it was too much. */
  readonly length?: number
  readonly received?: number
}

function isParserError(error: unknown): error is ParserError {
  if (typeof error !== 'object' || error === null) return false
  return 'type' in error && typeof error.type === 'string' && 'status' in error && typeof error.status === 'number' && 'message' in error
}

function translate({ type, status, message, received = NaN, length = received }: ParserError): Error {
  switch (type) {
    case 'entity.too.large':
      return new TooLarge('The body', length, bodyLimitBytes)
    case 'entity.parse.failed':
      return new Refusal(400, 'invalid_argument', `The body is not JSON: ${message}`)
    default:
      return new Refusal(status, status === 415 ? 'not_supported' : 'invalid_argument', `The body cannot be read: ${message}`)
  }
}

const parse: RequestHandler = express.json({ limit: bodyLimitBytes, type: jsonTypes })

/** Reads a JSON body of at most 100 kB, whatever the method. */
export const readJsonBody: RequestHandler = (req, res, next) => {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
  if (!hasBody) {
    next()
    return
  }
  if (req.is(jsonTypes) === false) {
    throw new Refusal(415, 'not_supported', `A body of type ${req.get('Content-Type') ?? 'unknown'} cannot be read`, { hint: 'Send application/json.' })
  }
  parse(req, res, (error?: unknown) => next(isParserError(error) ? translate(error) : error))
}

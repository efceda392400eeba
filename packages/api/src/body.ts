import { TooLarge } from '@muster/common'
import express from 'express'
import type { RequestHandler } from 'express'

import { limits } from './limits.js'
import { Refusal } from './problems.js'
import { hasBody } from './refuse-excess.js'

const jsonTypes = ['application/json', 'application/*+json']

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

/** The engine shows a part of the text, which may be secret. */
const withoutContent = (message: string): string => message.replace(/,? ?(\.\.\.)?".*$/s, '')

function translate({ type, status, message, received = NaN, length = received }: ParserError, most: number): Error {
  switch (type) {
    case 'entity.too.large':
      return new TooLarge('The body', length, most)
    case 'entity.parse.failed':
      return new Refusal(400, 'invalid_argument', `The body is not JSON: ${withoutContent(message)}`)
    default:
      return new Refusal(status, status === 415 ? 'not_supported' : 'invalid_argument', `The body cannot be read: ${message}`)
  }
}

/** What is nested without end would exhaust the stack of whoever walks through it. */
function isDeeperThan(levels: number, value: unknown): boolean {
  return typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some((part) => isDeeperThan(levels - 1, part)))
}

/**
 * A reader of JSON bodies of at most `most` bytes, whatever the method. What is too large is refused at once: the
 * parser would do so when it has read all of it, be that a gigabyte or without end.
 */
export function jsonBodyReader(most: number): RequestHandler {
  /** Nothing compressed: of what is sent here little is gained, and a few bytes could be many. */
  const parse: RequestHandler = express.json({ limit: most, type: jsonTypes, inflate: false })
  return (req, res, next) => {
    if (!hasBody(req)) {
      next()
      return
    }
    if (req.is(jsonTypes) === false) {
      throw new Refusal(415, 'not_supported', `A body of type ${req.get('Content-Type') ?? 'unknown'} cannot be read`, { hint: 'Send application/json.' })
    }
    let isRefused = false
    const refuseLarge = (length: number): void => {
      if (isRefused) return
      isRefused = true
      next(new TooLarge('The body', length, most))
    }
    const announced = Number(req.headers['content-length'] ?? 0)
    if (announced > most) {
      refuseLarge(announced)
      return
    }
    let received = 0
    req.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received > most) refuseLarge(received)
    })
    parse(req, res, (error?: unknown) => {
      if (isRefused) return
      if (error === undefined && isDeeperThan(limits.bodyLevels, req.body)) next(new Refusal(400, 'invalid_argument', `The body has more than ${limits.bodyLevels} levels`))
      else next(isParserError(error) ? translate(error, most) : error)
    })
  }
}

/** What nearly every path reads. */
export const readJsonBody = jsonBodyReader(limits.bodyBytes)

import { STATUS_CODES } from 'node:http'

import { httpStatusByCode, isMusterError } from '@muster/common'
import type { ErrorCode } from '@muster/common'
import type { RequestHandler } from 'express'

/** The body of every answer that is an error. @see RFC 9457; `code` and `description` are for Vitrage's client */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** The path that was asked for, without its query, which may hold what is secret; empty when that could not be read. */
  readonly instance: string
  readonly code: number
  readonly description: string
  /** What went wrong, as a word a program can compare. */
  readonly error: ErrorCode | 'internal_error'
  /** What the caller can do about it. */
  readonly hint: string | null
  readonly requestId: string
  /** What is wrong with each parameter, if the parameters are wrong. */
  readonly errors: readonly ParameterError[]
}

export interface ParameterError {
  readonly parameter: string
  readonly detail: string
}

interface RefusalOptions {
  readonly hint?: string | undefined
  readonly errors?: readonly ParameterError[] | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/**
 * A request that HTTP itself refuses, with a status that no MusterError stands for. It has no stack: what is wrong is the client's, and
 * to note where it was found is time that whoever sends much of it would take from others.
 */
export class Refusal extends Error {
  readonly hint: string | undefined
  readonly errors: readonly ParameterError[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    readonly status: number,
    readonly error: ErrorCode,
    detail: string,
    { hint, errors = [], headers = {} }: RefusalOptions = {},
  ) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(detail)
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'Refusal'
    this.hint = hint
    this.errors = errors
    this.headers = headers
  }
}

export const noSuchPath: RequestHandler = (req) => {
  throw new Refusal(404, 'not_found', `There is nothing at ${req.path}`, { hint: 'GET / names what there is.' })
}

/** For the methods of a path that have no handler. */
export function methodNotAllowed(allow: string): RequestHandler {
  return (req) => {
    throw new Refusal(405, 'not_supported', `${req.method} is not possible on ${req.baseUrl}${req.path}`, { hint: `Allowed: ${allow}.`, headers: { Allow: allow } })
  }
}

/** While the backend cannot be read, a client that waits this long has a fair chance. */
const retryAfterSeconds = 1

/** The answer to an error: what the caller may know of it, and the headers that go with it. */
export function toProblem(error: unknown, { instance, requestId }: { instance: string; requestId: string }): { problem: Problem; headers: Record<string, string> } {
  const { status, error: word, detail, hint = null, errors = [], headers = {} } = describe(error)
  const title = STATUS_CODES[status] ?? 'Error'
  return {
    problem: { type: 'about:blank', title, status, detail, instance, code: status, description: detail, error: word, hint, requestId, errors },
    headers: { ...headers, ...(status === 503 ? { 'Retry-After': String(retryAfterSeconds) } : {}) },
  }
}

interface Description extends Omit<RefusalOptions, 'hint'> {
  readonly status: number
  readonly error: Problem['error']
  readonly detail: string
  readonly hint?: string | null | undefined
}

function describe(error: unknown): Description {
  if (error instanceof Refusal) {
    const { status, error: word, message, hint, errors, headers } = error
    return { status, error: word, detail: message, hint, errors, headers }
  }
  if (error instanceof URIError) return { status: 400, error: 'invalid_argument', detail: 'The path cannot be read: a % in it is not followed by two hex digits of UTF-8' }
  if (isMusterError(error)) return { status: httpStatusByCode[error.code], error: error.code, detail: error.message, hint: error.hint }
  return { status: 500, error: 'internal_error', detail: 'The server failed to answer', hint: 'Its log tells why, under this request id.' }
}

import type { Response } from 'express'

import { requestIdHeader, requestIdOf } from './requests.js'
import { securityHeaders, tlsSecurityHeaders } from './security-headers.js'
import { isEncrypted } from './tls.js'

/** Names and values by turns, as Node writes them without a look at what was set before: setting them one by one costs a tenth of a warm list. */
export type HeaderFields = readonly string[]

/** The head of an answer: what every answer has, how old it is if that was said, and its own. */
export function headersOf(res: Response, own: HeaderFields): string[] {
  const age = res.locals.age as HeaderFields | undefined
  return [requestIdHeader, requestIdOf(res), ...(isEncrypted(res.req) ? tlsSecurityHeaders : securityHeaders), ...(age ?? []), ...own]
}

/** Says when what will be answered was true, wall time in ms; also of an error that is told instead. */
export function tellAge(res: Response, asOf: number, isStale = false): void {
  const warning = isStale ? ['Warning', '110 - "Response is stale: the backend does not answer"'] : []
  res.locals.age = ['X-Svc-As-Of', new Date(asOf).toISOString(), ...warning] satisfies HeaderFields
}

/** Answers with these bytes and their length. */
export function answer(res: Response, status: number, headers: HeaderFields, bytes: Buffer): void {
  res.writeHead(status, headersOf(res, [...headers, 'Content-Length', String(bytes.length)]))
  res.end(bytes)
}

/** Answers with JSON. */
export const answerJson = (res: Response, status: number, content: object, headers: HeaderFields = []): void => answerText(res, status, JSON.stringify(content), headers)

/** Answers with JSON that is text already. */
export function answerText(res: Response, status: number, json: string, headers: HeaderFields): void {
  answer(res, status, ['Content-Type', 'application/json; charset=utf-8', ...headers], Buffer.from(json))
}

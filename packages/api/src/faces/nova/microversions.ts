import type { IncomingHttpHeaders } from 'node:http'

import type { Request, RequestHandler, Response } from 'express'

import type { HeaderFields } from '../../answer.js'
import { Refusal } from '../../problems.js'

/** Of each version `2.<minor>`. The highest is that of Nova 26 (Zed). */
export const minorRange = { lowest: 1, highest: 93 } as const

/** From which minor version on a behaviour is there. */
export const since = { forceDown: 11, noHosts: 43, uuids: 53, strictQueries: 75 } as const

const standardHeader = 'OpenStack-API-Version'
const legacyHeader = 'X-OpenStack-Nova-API-Version'
const form = /^([1-9]\d*)\.([1-9]\d*|0)$/

/** The version that a request asks for, as it is written; `2.1` without one. The last one counts, of the standard header before the legacy one. */
export function askedVersion(headers: IncomingHttpHeaders): string {
  const standard = lastOf(headers[standardHeader.toLowerCase()], (text) => /^compute\s+(.+)$/i.exec(text)?.[1])
  const asked = standard ?? lastOf(headers[legacyHeader.toLowerCase()], (text) => text)
  if (asked === undefined) return `2.${minorRange.lowest}`
  return asked === 'latest' ? `2.${minorRange.highest}` : asked
}

function lastOf(header: string | string[] | undefined, read: (text: string) => string | undefined): string | undefined {
  if (header === undefined) return undefined
  return String(header)
    .split(',')
    .map((text) => read(text.trim()))
    .findLast((version) => version !== undefined && version !== '')
}

/** Finds out in which version a request wants its answer. @throws Refusal, 400 for what is no version, 406 for one that is not spoken */
export function readMicroversion({ headers }: Pick<Request, 'headers'>, res: Pick<Response, 'locals'>): void {
  const version = askedVersion(headers)
  const [, major, minor] = form.exec(version) ?? []
  if (major === undefined) throw new Refusal(400, 'invalid_argument', `API Version String ${version} is of invalid format. Must be of format MajorNum.MinorNum.`)
  res.locals.novaVersion = version // also of a refused one, which the answer repeats
  res.locals.novaMinor = Number(minor)
  const { lowest, highest } = minorRange
  if (major === '2' && Number(minor) >= lowest && Number(minor) <= highest) return
  throw new Refusal(406, 'not_supported', `Version ${version} is not supported by the API. Minimum is 2.${lowest} and maximum is 2.${highest}.`)
}

export const negotiate: RequestHandler = (req, res, next) => {
  readMicroversion(req, res)
  next()
}

/** False when something went wrong before the request's version was read. */
export const isNegotiated = ({ locals }: Pick<Response, 'locals'>): boolean => locals.novaVersion !== undefined

/** The minor version of the answer. */
export const minorOf = ({ locals }: Pick<Response, 'locals'>): number => Number(locals.novaMinor)

/** What every answer says of its version; nothing while that is unknown. */
export function microversionHeaders(res: Pick<Response, 'locals'>): HeaderFields {
  const vary = ['Vary', `${standardHeader}, ${legacyHeader}`]
  if (!isNegotiated(res)) return vary
  const version = String(res.locals.novaVersion)
  return [standardHeader, `compute ${version}`, legacyHeader, version, ...vary]
}

/** For what Nova had in older versions only: from `minor` on it is not there. */
export function until(minor: number): RequestHandler {
  return (_req, res, next) => {
    if (minorOf(res) < minor) next()
    else next('router')
  }
}

import { parseDuration } from './durations.js'
import { InvalidArgument, isMusterError } from './errors.js'

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/

/** Reads a time, RFC 3339, or a duration, of which `byDuration` makes one; returns ms. @throws InvalidArgument naming `argument` */
export function parseTime(text: string, argument: string, byDuration: (ms: number) => number): number {
  const time = rfc3339.test(text) ? Date.parse(text.replace(' ', 'T')) : byDuration(durationOf(text, argument))
  if (Number.isNaN(new Date(time).getTime())) throw wrong(text, argument)
  return time
}

function durationOf(text: string, argument: string): number {
  try {
    return parseDuration(text, argument)
  } catch (error) {
    throw isMusterError(error, 'invalid_argument') ? wrong(text, argument) : error
  }
}

const wrong = (text: string, argument: string): InvalidArgument =>
  new InvalidArgument(argument, `${argument}: '${text}' is neither a duration nor a time`, { hint: 'Write 30m, 2h or 3d, or a time with its zone as 2026-11-28T22:00:00Z.' })

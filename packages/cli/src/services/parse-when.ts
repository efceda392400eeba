import { InvalidArgument, isMusterError, parseDuration } from '@muster/common'

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/

/** Reads a time, or a duration from `now` on; returns RFC 3339 with milliseconds, UTC. @throws InvalidArgument */
export function parseWhen(text: string, option: string, now = Date.now()): string {
  const time = rfc3339.test(text) ? Date.parse(text.replace(' ', 'T')) : now + durationOf(text, option)
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) throw wrong(text, option)
  return date.toISOString()
}

function durationOf(text: string, option: string): number {
  try {
    return parseDuration(text, option)
  } catch (error) {
    throw isMusterError(error, 'invalid_argument') ? wrong(text, option) : error
  }
}

const wrong = (text: string, option: string): InvalidArgument =>
  new InvalidArgument(option, `${option}: '${text}' is neither a duration nor a time`, { hint: 'Write 30m, 2h or 3d, or a time with its zone as 2026-11-28T22:00:00Z.' })

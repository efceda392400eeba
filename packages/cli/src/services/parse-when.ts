import { InvalidArgument, isMusterError, parseDuration } from '@muster/common'

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/

/** Reads a time, or a duration from `now` on; returns RFC 3339 with milliseconds, UTC. @throws InvalidArgument */
export function parseWhen(text: string, option: string, now = Date.now()): string {
  return new Date(timeOf(text, option, (ms) => now + ms)).toISOString()
}

/** Reads a time, or a duration until `now`; returns ms. @throws InvalidArgument, also for a time that is yet to come */
export function parsePast(text: string, option: string, now = Date.now()): number {
  const time = timeOf(text, option, (ms) => now - ms)
  if (time > now) throw new InvalidArgument(option, `${option}: ${text} is yet to come`)
  return time
}

function timeOf(text: string, option: string, byDuration: (ms: number) => number): number {
  const time = rfc3339.test(text) ? Date.parse(text.replace(' ', 'T')) : byDuration(durationOf(text, option))
  if (Number.isNaN(new Date(time).getTime())) throw wrong(text, option)
  return time
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

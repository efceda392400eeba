import { InvalidArgument, parseTime } from '@muster/common'

/** Reads a time, or a duration from `now` on; returns RFC 3339 with milliseconds, UTC. @throws InvalidArgument */
export function parseWhen(text: string, option: string, now = Date.now()): string {
  return new Date(parseTime(text, option, (ms) => now + ms)).toISOString()
}

/** Reads a time, or a duration until `now`; returns ms. @throws InvalidArgument, also for a time that is yet to come */
export function parsePast(text: string, option: string, now = Date.now()): number {
  const time = parseTime(text, option, (ms) => now - ms)
  if (time > now) throw new InvalidArgument(option, `${option}: ${text} is yet to come`)
  return time
}

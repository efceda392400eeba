const [second, minute, hour] = [1000, 60_000, 3_600_000]

/** How long after the attempt before it each attempt is made, ms; after the last there is no other. @see Standard Webhooks, "Retries" */
export const retrySchedule: readonly number[] = [0, 5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]

/** So much of a pause is added to it at most, by chance: endpoints that failed together are not tried together. */
const jitter = 0.1
/** Nobody who answers puts it off for longer. */
const longestRetryAfterMs = 24 * hour

/** How long to wait before another attempt after so many, ms; undefined when there is none. `retryAfter`: what the answer asked for; it puts off, never hurries. */
export function pauseAfter(attempts: number, schedule: readonly number[], retryAfter: string | undefined, now: number): number | undefined {
  const pauseMs = schedule[attempts]
  return pauseMs === undefined ? undefined : Math.max(pauseMs * (1 + jitter * Math.random()), retryAfterMs(retryAfter, now))
}

/** `Retry-After` in seconds or as a date; 0 for one that nobody can read. */
export function retryAfterMs(text: string | undefined, now: number): number {
  if (text === undefined) return 0
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(0, ms), longestRetryAfterMs)
}

import { InvalidArgument } from './errors.js'

/** More, and Node would call at once. */
export const longestTimerMs = 2 ** 31 - 1

const unitsInMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Reads `250ms`, `10s`, `2m`, `1h`, `3d`; a bare number is seconds, as in tooz. Returns milliseconds.
 * @throws InvalidArgument naming `argument` when the text is no duration.
 */
export function parseDuration(text: string, argument: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim())
  if (!match) {
    throw new InvalidArgument(argument, `${argument}: '${text}' is not a duration`, { hint: 'Write 250ms, 10s, 2m, 1h or 3d; a bare number is seconds.' })
  }
  return Number(match[1]) * (unitsInMs[match[2] ?? 's'] ?? 1000)
}

/** Shows a duration in its two largest units: `3d 4h`, `12m 5s`, `8s`. Negative counts as 0. */
export function formatDuration(ms: number): string {
  let seconds = Math.max(0, Math.floor(ms / 1000))
  const parts: string[] = []
  for (const [unit, size] of [['d', 86_400], ['h', 3600], ['m', 60], ['s', 1]] as const) {
    const count = Math.floor(seconds / size)
    seconds -= count * size
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.slice(0, 2).join(' ') || '0s'
}

const longestMs = 10_000

/**
 * How long to wait after the nth failure in a row: twice as long each time, from the usual interval to 10 s (or the
 * interval, if that is longer), and at random between half of that and all of it, so that clients do not come back
 * all at once. `random`: at least 0, below 1.
 */
export function backoffMs(failures: number, intervalMs: number, random: number): number {
  const ceiling = Math.max(intervalMs, Math.min(longestMs, intervalMs * 2 ** (failures - 1)))
  return ceiling * (0.5 + random / 2)
}

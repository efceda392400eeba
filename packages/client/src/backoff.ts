const [firstMs, longestMs] = [500, 15_000]

/**
 * How long to wait after the nth failure in a row: twice as long each time, from half a second to 15 s, and at random between
 * half of that and all of it, so that clients do not come back all at once. `random`: at least 0, below 1.
 */
export function backoffMs(failures: number, random: number): number {
  return Math.min(longestMs, firstMs * 2 ** (failures - 1)) * (0.5 + random / 2)
}

/** The value below which the share `q` of the sample lies; between two values the nearer one. */
export function quantile(sample: readonly number[], q: number): number {
  const sorted = [...sample].sort((a, b) => a - b)
  return sorted[Math.round(q * (sorted.length - 1))] ?? NaN
}

/**
 * Sets each run against the peer's run right after it, so that what slows the machine for a while slows both: the
 * median of these ratios, and those at the 10th and 90th percentile.
 */
export function inTurn(runs: readonly number[], peerRuns: readonly number[]): { value: number; spread: readonly [low: number, high: number] } {
  const ratios = runs.map((value, index) => value / (peerRuns[index] ?? NaN))
  return { value: quantile(ratios, 0.5), spread: [quantile(ratios, 0.1), quantile(ratios, 0.9)] }
}

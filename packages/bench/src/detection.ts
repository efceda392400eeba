import { detectionOnEmbedded, detectionOnZooKeeper } from '@muster/testkit'

import type { Outcome } from './outcome.js'
import { quantile } from './ratios.js'

const kills = 12
const seconds = (ms: number): string => `${ms / 1000} s`
/** Session timeout and the server's tick, ms. */
const settings = [
  [4000, 500],
  [6000, 500],
  [10_000, 500],
  [10_000, 2000],
] as const
/** What the news itself may take, on a busy machine too. */
const graceMs = 200
const embeddedWithinMs = 500

/** How soon a watcher sees that a worker was killed: the table that operators choose a timeout by. */
export async function measureDetection(): Promise<Outcome[]> {
  const outcomes = [toOutcome('embedded store', await detectionOnEmbedded(kills), embeddedWithinMs)]
  for (const [timeoutMs, tickMs] of settings) {
    outcomes.push(toOutcome(`ZooKeeper, timeout ${seconds(timeoutMs)}, tick ${seconds(tickMs)}`, await detectionOnZooKeeper(kills, timeoutMs, tickMs), timeoutMs + tickMs + graceMs))
  }
  return outcomes
}

/** Judged by the slowest. */
function toOutcome(where: string, times: readonly number[], atMost: number): Outcome {
  const [soonest, median, slowest] = [0, 0.5, 1].map((share) => quantile(times, share))
  return {
    what: `worker killed with SIGKILL, ${where}: seen by a watcher after at most`,
    value: slowest ?? NaN,
    spread: [soonest ?? NaN, slowest ?? NaN],
    unit: ' ms',
    bar: { atMost },
    here: `median ${(median ?? NaN).toFixed(0)} ms of ${times.length}`,
  }
}

import { setTimeout as delay } from 'node:timers/promises'

import { openSession } from '@muster/coordination/internal'

import type { Contestant, Place } from './contestant.js'
import { capabilities, memberId } from './members.js'

const data = Buffer.from(JSON.stringify(capabilities))
const now = (): number => Number(process.hrtime.bigint()) / 1e6
/** Leaves a watcher the time to list 10,000 names anew, so that it does so for each join. */
const pauseMs = 10

export interface WatchedJoins {
  /** How many members there are before. */
  readonly expected: number
  readonly joined: number
  /** What the watcher wants to know; kazoo's knows names alone. */
  readonly as: 'names' | 'members'
  /** Where the watcher connects to; default: where the writer does. */
  readonly watcherEndpoint?: string
  /** Called when the watcher has seen all that were there. */
  readonly onReady?: () => void
}

/**
 * Lets members join one after the other while a contestant watches; they leave again after it. Resolves to the CPU
 * that the watcher took for them, and how long it took from each call that joins to the watcher's callback.
 */
export async function watchJoins(contestant: Contestant, { endpoint, group }: Place, { expected, joined, as, watcherEndpoint = endpoint, onReady }: WatchedJoins): Promise<{ cpuMs: number; latencies: number[] }> {
  const writer = await openSession(`zookeeper://${endpoint}?timeout=30s`)
  try {
    await writer.count('groups') // connected
    await contestant.ask('watch', { endpoint: watcherEndpoint, group, expected, as })
    onReady?.()
    const begins: number[] = []
    for (let index = 0; index < joined; index += 1) {
      begins.push(now())
      await writer.commit([{ op: 'create', at: { collection: `members/${group}`, key: memberId(expected + index) }, data, ephemeral: true }])
      await delay(pauseMs)
    }
    const { cpuMs, arrivals } = await contestant.ask('watched', { joined })
    return { cpuMs, latencies: begins.map((begin, index) => (arrivals[index] ?? NaN) - begin) }
  } finally {
    await writer.close({ timeoutMs: 20_000 })
  }
}

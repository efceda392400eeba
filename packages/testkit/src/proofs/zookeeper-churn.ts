import { setTimeout as delay } from 'node:timers/promises'

import type { SeededRandom } from '../seeded-random.js'
import { startZooKeeperEnsemble } from '../zookeeper/ensemble.js'
import type { ZooKeeperEnsemble } from '../zookeeper/ensemble.js'
import { churn } from './churn.js'
import type { ChurnOptions } from './churn.js'
import { atLeast } from './proof.js'
import type { Bar, ProofResult } from './proof.js'

const tickTimeMs = 500
const timeoutMs = 4000
const electionMs = 2000
/** A leader that dies with a session all but over: its successor gives every session its whole timeout again. */
const defaultBoundMs = 2 * (timeoutMs + tickTimeMs) + electionMs + 200
const longestDownMs = 2000

/** Kills one server after the other, and the next one when the sessions that began anew with the last can be over. */
async function killInTurn(ensemble: ZooKeeperEnsemble, seconds: number, isOver: () => boolean, random: SeededRandom): Promise<Bar[]> {
  let kills = 0
  while (!isOver()) {
    const server = ensemble.servers[kills % ensemble.servers.length]
    if (!server) break
    await delay(random.below(1000))
    await server.kill()
    kills += 1
    await delay(random.below(longestDownMs))
    await server.start()
    await ensemble.settled()
    for (const restedAt = performance.now() + timeoutMs + tickTimeMs; performance.now() < restedAt && !isOver(); ) await delay(50)
  }
  return [atLeast('servers SIGKILLed', kills, Math.max(1, seconds / 20))]
}

/** Shows that lists and watches are right while processes come and go and the servers of an ensemble are killed in turn. */
export async function run(options: ChurnOptions = {}): Promise<ProofResult> {
  await using ensemble = await startZooKeeperEnsemble({ tickTimeMs })
  const backend = `zookeeper://${ensemble.endpoints}?timeout=${timeoutMs}ms`
  const trouble = (isOver: () => boolean, random: SeededRandom): Promise<Bar[]> => killInTurn(ensemble, options.seconds ?? 60, isOver, random)
  return await churn({ name: 'zookeeper-churn', backend, trouble }, { ...options, boundMs: options.boundMs ?? defaultBoundMs })
}

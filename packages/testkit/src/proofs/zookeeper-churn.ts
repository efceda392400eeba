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
/** A new leader gives every session its whole timeout again, once it has been elected. */
const electionMs = 2000
const defaultBoundMs = electionMs + timeoutMs + tickTimeMs + 200
/** Longer than the bound would hide a server that comes back with an old list. */
const longestRestMs = 4000
const longestDownMs = 2000

/** Kills one server after the other, never the next one before the last is back. */
async function killInTurn(ensemble: ZooKeeperEnsemble, isOver: () => boolean, random: SeededRandom): Promise<Bar[]> {
  let kills = 0
  while (!isOver()) {
    const server = ensemble.servers[kills % ensemble.servers.length]
    if (!server) break
    await delay(random.below(longestRestMs))
    await server.kill()
    kills += 1
    await delay(random.below(longestDownMs))
    await server.start()
    await ensemble.settled()
  }
  return [atLeast('servers SIGKILLed', kills, ensemble.servers.length / 2)]
}

/** Shows that lists and watches are right while processes come and go and the servers of an ensemble are killed in turn. */
export async function run(options: ChurnOptions = {}): Promise<ProofResult> {
  await using ensemble = await startZooKeeperEnsemble({ tickTimeMs })
  const backend = `zookeeper://${ensemble.endpoints}?timeout=${timeoutMs}ms`
  return await churn({ name: 'zookeeper-churn', backend, trouble: (isOver, random) => killInTurn(ensemble, isOver, random) }, { boundMs: defaultBoundMs, ...options })
}

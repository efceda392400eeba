import { setTimeout as delay } from 'node:timers/promises'

import { bootTime } from '../boot-clock.js'
import { RemoteProcess } from '../remote-process.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import { startZooKeeperEnsemble } from '../zookeeper/ensemble.js'
import type { FleetFunctions } from './fleet-process.js'
import { GroupObserver } from './group-observer.js'
import { exactly, fasterThan } from './proof.js'
import type { ProofOptions, ProofResult } from './proof.js'

export interface FailoverOptions extends ProofOptions {
  /** Default 200. */
  readonly clients?: number
  /** Leaders killed, one after the other. Default 6. */
  readonly rounds?: number
}

const group = 'fleet'
const backWithinMs = 1000
/** After it clients trust their connections: one that was cut sooner makes them dial more slowly. */
const restMs = 2000

/** Shows that clients outlive the leader of their ensemble. Takes half a minute. */
export async function run({ clients = 200, rounds = 6, seed = freshSeed(), log = () => {} }: FailoverOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  await using ensemble = await startZooKeeperEnsemble({ tickTimeMs: 500 })
  const backend = `zookeeper://${ensemble.endpoints}?timeout=10s`
  await using observer = await GroupObserver.open(backend, group)
  await using fleet = new RemoteProcess<FleetFunctions>(new URL('./fleet-process.js', import.meta.url), [backend, group])
  await fleet.call('open', clients)
  await observer.seen('all clients', (members) => members.length === clients)
  const times: number[] = []
  const afterFirst: number[] = []
  for (let round = 1; round <= rounds; round += 1) {
    await delay(restMs + random.below(1000)) // any phase of the signs of life
    const leader = await ensemble.leader()
    const killedAt = bootTime()
    await leader.kill()
    const back = await fleet.call('told', 'connected', killedAt)
    const first = Math.min(...back.map(({ at }) => at))
    times.push(...back.map(({ at }) => at - killedAt))
    afterFirst.push(...back.map(({ at }) => at - first))
    await leader.start()
    await ensemble.settled()
    log(`${round} of ${rounds} leaders killed, the last client was back after ${Math.round(Math.max(...times.slice(-clients)))} ms`)
  }
  const stories = await fleet.call('stories')
  return {
    name: 'zookeeper-failover',
    seed,
    bars: [
      fasterThan(`leader SIGKILLed: each of ${clients} clients connected again`, times, 'max', backWithinMs),
      fasterThan('of that, after the servers had let in the first one', afterFirst, 'max', backWithinMs / 2),
      exactly('sessions lost', stories.filter((told) => told.some(({ state, epoch }) => state === 'lost' || epoch > 1)).length, 0),
      exactly('departures told', observer.departures.length, 0),
      exactly('members at the end', observer.members.length, clients),
    ],
  }
}

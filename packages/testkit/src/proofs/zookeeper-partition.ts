import { setTimeout as delay } from 'node:timers/promises'

import { bootTime } from '../boot-clock.js'
import { RemoteProcess } from '../remote-process.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import { startFaultProxy } from '../zookeeper/fault-proxy/fault-proxy.js'
import type { FaultProxy } from '../zookeeper/fault-proxy/fault-proxy.js'
import { startZooKeeper } from '../zookeeper/server.js'
import type { FleetFunctions, Told } from './fleet-process.js'
import { GroupObserver } from './group-observer.js'
import { exactly, fasterThan, notBefore } from './proof.js'
import type { ProofOptions, ProofResult } from './proof.js'

export interface PartitionOptions extends ProofOptions {
  /** Default 20. */
  readonly clients?: number
  /** Partitions, one after the other. Default 12. */
  readonly rounds?: number
  /** Session timeout. Default 4000. */
  readonly timeoutMs?: number
}

const group = 'fleet'
/** What a timer may be late on a machine with other work. */
const lateMs = 200
const backWithinMs = 2000
const pauseWithinMs = 200

/** Silence in both ways, of the servers alone, and with what was said lost. Nobody's connection is closed. */
const partitions: readonly ((proxy: FaultProxy) => void)[] = [(proxy) => proxy.suspend(), (proxy) => proxy.pause('toClient'), (proxy) => proxy.blackhole()]

/** What the clients were told of one partition. */
interface Round {
  readonly begunAt: number
  readonly suspended: readonly Told[]
  readonly lost: readonly Told[]
  readonly healedAt: number
  readonly back: readonly Told[]
}

/** Shows that a client behind a silent partition stops trusting its session in time, goes on working, and comes back by itself. Takes two minutes. */
export async function run({ clients = 20, rounds = 12, timeoutMs = 4000, seed = freshSeed(), log = () => {} }: PartitionOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  await using server = await startZooKeeper({ tickTimeMs: 500 })
  await using proxy = await startFaultProxy(server.endpoint)
  await using observer = await GroupObserver.open(`zookeeper://${server.endpoint}`, group)
  await using fleet = new RemoteProcess<FleetFunctions>(new URL('./fleet-process.js', import.meta.url), [`zookeeper://${proxy.endpoint}?timeout=${timeoutMs}ms`, group])
  await fleet.call('open', clients)
  const told: Round[] = []
  for (let round = 1; round <= rounds; round += 1) {
    await observer.seen('every client back', (members) => members.length === clients && members.every(({ capabilities }) => capabilities?.['incarnation'] === round))
    await delay(random.below(timeoutMs / 3)) // any phase of the signs of life
    const begunAt = bootTime()
    partitions[(round - 1) % partitions.length]?.(proxy)
    const suspended = await fleet.call('told', 'suspended', begunAt)
    const lost = await fleet.call('told', 'lost', begunAt)
    await delay(random.below(timeoutMs))
    const healedAt = bootTime()
    proxy.resume()
    told.push({ begunAt, suspended, lost, healedAt, back: await fleet.call('told', 'connected', healedAt) })
    log(`${round} of ${rounds} partitions`)
  }
  await observer.seen('every client back', (members) => members.length === clients && members.every(({ capabilities }) => capabilities?.['incarnation'] === rounds + 1))
  const answeredAt = (suspended: Told): number => suspended.trustedUntil - (timeoutMs * 2) / 3
  const untilSuspended = told.flatMap(({ suspended }) => suspended.map((one) => one.at - answeredAt(one)))
  const untilLost = told.flatMap(({ suspended, lost }) => lost.map(({ at }, client) => at - answeredAt(suspended[client] as Told)))
  const untilBack = told.flatMap(({ back, healedAt }) => back.map(({ at }) => at - healedAt))
  return {
    name: 'zookeeper-partition',
    seed,
    bars: [
      fasterThan('silent partition: suspended after the last answered request', untilSuspended, 'max', (timeoutMs * 3) / 4),
      fasterThan('lost after the last answered request', untilLost, 'max', timeoutMs + lateMs),
      notBefore('and not sooner', untilLost, timeoutMs),
      exactly('departures told while the client still trusted its session', departuresWhileTrusted(observer, told), 0),
      fasterThan('longest pause of the event loop', [await fleet.call('longestPause')], 'max', pauseWithinMs),
      fasterThan('healed: connected again', untilBack, 'max', backWithinMs),
      exactly('clients in another session than the one after the last partition', told.flatMap(({ back }, round) => back.filter(({ epoch }) => epoch !== round + 2)).length, 0),
    ],
  }
}

/** Until the partition heals nobody but the server ends a session, and it must not while the client may still trust it. */
function departuresWhileTrusted({ departures }: GroupObserver, rounds: readonly Round[]): number {
  return rounds.flatMap(({ begunAt, suspended, healedAt }) =>
    departures.filter(({ memberId, at }) => at >= begunAt && at < healedAt && at < (suspended[Number(memberId.slice('client-'.length))]?.trustedUntil ?? Infinity)),
  ).length
}

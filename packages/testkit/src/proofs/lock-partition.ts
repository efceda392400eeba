import { setTimeout as delay } from 'node:timers/promises'

import { openCoordinator } from '@muster/coordination'

import { eventually } from '../eventually.js'
import { RemoteProcess } from '../remote-process.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import { startFaultProxy } from '../zookeeper/fault-proxy/fault-proxy.js'
import type { FaultProxy } from '../zookeeper/fault-proxy/fault-proxy.js'
import { startZooKeeper } from '../zookeeper/server.js'
import type { KeeperFunctions, Span } from './keeper-process.js'
import { exactly, notBefore } from './proof.js'
import type { ProofOptions, ProofResult } from './proof.js'

export interface LockPartitionOptions extends ProofOptions {
  /** Held and lost at once. Default 50. */
  readonly locks?: number
  /** Faults, one after the other; the two processes change places in each. Default 20. */
  readonly rounds?: number
}

const timeoutMs = 1000

interface Keeper extends AsyncDisposable {
  readonly process: RemoteProcess<KeeperFunctions>
  readonly proxy: FaultProxy
}

/** Each ends the session of a keeper whose process runs on, or is stopped and runs on later. */
const faults: readonly ((keeper: Keeper) => () => void)[] = [
  ({ proxy }) => (proxy.suspend(), () => proxy.resume()),
  ({ proxy }) => (proxy.pause('toClient'), () => proxy.resume()),
  ({ proxy }) => (proxy.blackhole(), () => proxy.resume()),
  ({ process }) => (process.process.signal('SIGSTOP'), () => process.process.signal('SIGCONT')),
]

/** Shows that whoever is cut off from its locks, or stopped, holds none of them when others do. Takes a minute. */
export async function run({ locks = 50, rounds = 20, seed = freshSeed(), log = () => {} }: LockPartitionOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  await using server = await startZooKeeper({ tickTimeMs: 100 })
  await using observer = await openCoordinator(`zookeeper://${server.endpoint}`, { memberId: 'observer' })
  await using first = await startKeeper(server.endpoint, 'first')
  await using second = await startKeeper(server.endpoint, 'second')
  const names = Array.from({ length: locks }, (_, index) => `lock-${index}`)
  const marginsMs: number[] = []
  let tokensBack = 0
  await first.process.call('take', names)
  for (let round = 1; round <= rounds; round += 1) {
    const [holder, next] = round % 2 === 1 ? [first, second] : [second, first]
    const taking = next.process.call('take', names)
    await eventually(async () => {
      if ((await observer.getLocks()).length !== 2 * locks) throw new Error('not all in line')
    })
    await delay(random.below(timeoutMs / 2)) // any phase of the signs of life
    const heal = random.pick(faults)(holder)
    const taken = new Map((await taking).map((span) => [span.lock, span]))
    heal()
    for (const before of await holder.process.call('lost')) {
      const after = taken.get(before.lock) as Span
      marginsMs.push(after.firstHeldAt - before.lastHeldAt)
      if (after.fencingToken <= before.fencingToken) tokensBack += 1
    }
    log(`${round} of ${rounds} faults`)
  }
  return {
    name: 'lock-partition',
    seed,
    bars: [
      exactly('hand-overs from a holder that was cut off or stopped', marginsMs.length, locks * rounds),
      exactly('in which the former holder still read true', marginsMs.filter((ms) => ms <= 0).length, 0),
      exactly('in which the token did not grow', tokensBack, 0),
      notBefore('between the last true look of one and the first of the next', marginsMs, 0),
    ],
  }
}

async function startKeeper(endpoint: string, memberId: string): Promise<Keeper> {
  const proxy = await startFaultProxy(endpoint)
  const process = new RemoteProcess<KeeperFunctions>(new URL('./keeper-process.js', import.meta.url), [`zookeeper://${proxy.endpoint}?timeout=${timeoutMs}ms`, memberId])
  return {
    process,
    proxy,
    [Symbol.asyncDispose]: async () => {
      await process[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
    },
  }
}

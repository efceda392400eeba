import { startFaultProxy } from '@muster/testkit'

import type { Outcome } from '../outcome.js'
import { inTurn, quantile } from '../ratios.js'
import { Contestant } from './contestant.js'
import type { Place } from './contestant.js'
import { storedBytes } from './members.js'
import { populate } from './populate.js'
import { runInTurn, tellMedians } from './rounds.js'
import { startBenchServer } from './server.js'
import { watchJoins } from './watch-joins.js'

const rounds = 3
const joined = 1000

/** What it costs a process to watch 10,000 members while 1,000 more join, one after the other. */
export async function measureWatch(): Promise<Outcome[]> {
  await using server = await startBenchServer()
  await using place = await populate(server.endpoint, 10_000)
  await using ours = await Contestant.start('muster')
  await using theirs = await Contestant.start('kazoo')
  const { names, muster, kazoo } = await runInTurn(rounds, {
    names: () => watch(ours, place, 10_000, 'names'),
    kazoo: () => watch(theirs, place, 10_000, 'names'),
    muster: () => watch(ours, place, 10_000, 'members'),
  })
  const cpu = { names: names.counted.map(toCpu), muster: muster.counted.map(toCpu), kazoo: kazoo.counted.map(toCpu) }
  const bytes = { names: names.counted.map(toBytes), muster: muster.counted.map(toBytes), kazoo: kazoo.counted.map(toBytes) }
  return [
    {
      what: "watcher of the names of 10,000 members, 1,000 joins: CPU of kazoo's ChildrenWatch / ours",
      ...inTurn(cpu.kazoo, cpu.names),
      bar: { atLeast: 20 },
      here: `${tellMedians({ muster: cpu.names, kazoo: cpu.kazoo }, 'ms')} of CPU; received ${tellMedians({ muster: bytes.names, kazoo: bytes.kazoo }, 'B')} a join`,
    },
    {
      what: "watcher of 10,000 members with their data, 1,000 joins: CPU of kazoo's ChildrenWatch, which has names alone / ours",
      ...inTurn(cpu.kazoo, cpu.muster),
      bar: { atLeast: 20 },
      here: `${tellMedians({ muster: cpu.muster, kazoo: cpu.kazoo }, 'ms')} of CPU; at first muster ${muster.first.cpuMs.toFixed(0)} ms, kazoo ${kazoo.first.cpuMs.toFixed(0)} ms`,
    },
    toOutcome(10_000, bytes.muster),
    toOutcome(100, await bytesAtHundred(ours)),
  ]
}

interface Run {
  readonly cpuMs: number
  readonly bytes: number
}

const toCpu = ({ cpuMs }: Run): number => cpuMs
const toBytes = ({ bytes }: Run): number => bytes

async function bytesAtHundred(ours: Contestant): Promise<number[]> {
  await using server = await startBenchServer()
  await using place = await populate(server.endpoint, 100)
  return [(await watch(ours, place, 100, 'members')).bytes]
}

/** `bytes`: what the server sent to the watcher, a join. */
async function watch(contestant: Contestant, place: Place, expected: number, as: 'names' | 'members'): Promise<Run> {
  await using proxy = await startFaultProxy(place.endpoint)
  let before = 0
  const { cpuMs } = await watchJoins(contestant, place, { expected, joined, as, watcherEndpoint: proxy.endpoint, onReady: () => (before = proxy.bytes.toClient) })
  return { cpuMs, bytes: (proxy.bytes.toClient - before) / joined }
}

function toOutcome(members: number, bytes: readonly number[]): Outcome {
  const besideData = bytes.map((perJoin) => perJoin - storedBytes)
  return {
    what: `watcher of ${members.toLocaleString('en')} members: received a join, beside its ${storedBytes} B of data`,
    value: quantile(besideData, 0.5),
    spread: [Math.min(...besideData), Math.max(...besideData)],
    unit: ' B',
    bar: { atMost: 200 },
    here: `${tellMedians({ muster: bytes }, 'B')} with the data`,
  }
}

import type { Outcome } from '../outcome.js'
import { inTurn } from '../ratios.js'
import { Contestant } from './contestant.js'
import { runInTurn, tellTimes } from './rounds.js'
import { startBenchServer } from './server.js'

const uncontended = 500
const handOvers = 10
const [few, many] = [handOvers, 100]
const rounds = 7

/** A lock that nobody else wants, acquired and released; and one that ten or a hundred stand in line for, handed over ten times. */
export async function measureLock(): Promise<Outcome[]> {
  await using server = await startBenchServer()
  const { endpoint } = server
  await using ours = await Contestant.start('muster')
  await using theirs = await Contestant.start('kazoo')
  let locks = 0
  const group = (): string => `lock-${(locks += 1)}`
  const lock = (contestant: Contestant) => async (): Promise<number> => (await contestant.ask('lock', { endpoint, group: group(), count: uncontended })).ms
  const handOver = (contenders: number) => async (): Promise<number> => (await ours.ask('handOver', { endpoint, group: group(), contenders, count: handOvers })).ms
  const { muster, kazoo, short, long } = await runInTurn(rounds, { muster: lock(ours), kazoo: lock(theirs), short: handOver(few), long: handOver(many) })
  return [
    { what: `${uncontended} times acquire and release, uncontended: time of kazoo / ours`, ...inTurn(kazoo.counted, muster.counted), bar: { atLeast: 1.5 }, here: tellTimes({ muster, kazoo }) },
    {
      what: `${handOvers} hand-overs with ${many} in line / with ${few}`,
      ...inTurn(long.counted, short.counted),
      bar: { atMost: 1.2 },
      here: tellTimes({ [`${few} in line`]: short, [`${many} in line`]: long }),
    },
  ]
}

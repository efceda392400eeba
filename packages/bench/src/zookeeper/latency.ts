import type { Outcome } from '../outcome.js'
import { inTurn, quantile } from '../ratios.js'
import { Contestant } from './contestant.js'
import { populate } from './populate.js'
import { runInTurn, tellMedians } from './rounds.js'
import { startBenchServer } from './server.js'
import { watchJoins } from './watch-joins.js'

const rounds = 9
const joined = 300
const expected = 100

/** How soon a watcher's callback runs after a join, in a group of 100: ours knows the member's data then, kazoo's its name. */
export async function measureLatency(): Promise<Outcome[]> {
  await using server = await startBenchServer()
  await using place = await populate(server.endpoint, expected)
  await using ours = await Contestant.start('muster')
  await using theirs = await Contestant.start('kazoo')
  const watch = (contestant: Contestant, as: 'names' | 'members') => async (): Promise<number[]> => (await watchJoins(contestant, place, { expected, joined, as })).latencies
  const { muster, kazoo } = await runInTurn(rounds, { muster: watch(ours, 'members'), kazoo: watch(theirs, 'names') })
  return [0.5, 0.99].map((share) => {
    const at = { muster: muster.counted.map((latencies) => quantile(latencies, share)), kazoo: kazoo.counted.map((latencies) => quantile(latencies, share)) }
    return {
      what: `join to a watcher's callback, p${share * 100}: our time / that of kazoo`,
      ...inTurn(at.muster, at.kazoo),
      bar: { atMost: 1 },
      here: `${tellMedians(at, 'ms', 2)}, ${rounds} rounds of ${joined} joins`,
    }
  })
}

import type { Outcome } from '../outcome.js'
import { inTurn } from '../ratios.js'
import { Contestant } from './contestant.js'
import { capabilities } from './members.js'
import { runInTurn, tellTimes } from './rounds.js'
import { startBenchServer } from './server.js'

const count = 10_000
const rounds = 7

/** 10,000 members made in one session, none waiting for another: one by one, and a hundred a commit. */
export async function measureCreate(): Promise<Outcome[]> {
  await using server = await startBenchServer()
  await using ours = await Contestant.start('muster')
  await using theirs = await Contestant.start('kazoo')
  let groups = 0
  const create = (contestant: Contestant, perCommit: number) => async (): Promise<number> => {
    const group = `create-${(groups += 1)}`
    return (await contestant.ask('create', { endpoint: server.endpoint, group, count, perCommit, capabilities: JSON.stringify(capabilities) })).ms
  }
  const { muster, kazoo, commits, transactions } = await runInTurn(rounds, {
    muster: create(ours, 1),
    kazoo: create(theirs, 1),
    commits: create(ours, 100),
    transactions: create(theirs, 100),
  })
  return [
    { what: '10,000 members created in one session: time of kazoo, pipelined / ours', ...inTurn(kazoo.counted, muster.counted), bar: { atLeast: 2 }, here: tellTimes({ muster, kazoo }) },
    {
      what: 'the same in commits of 100: time of kazoo, pipelined / ours',
      ...inTurn(kazoo.counted, commits.counted),
      bar: { atLeast: 4 },
      here: tellTimes({ muster: commits, kazoo, "kazoo's transactions of 100": transactions }),
    },
  ]
}

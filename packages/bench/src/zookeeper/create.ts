import { startZooKeeper } from '@muster/testkit'

import type { Outcome } from '../outcome.js'
import { inTurn } from '../ratios.js'
import { askOnce } from './contestant.js'
import type { Name } from './contestant.js'
import { capabilities } from './members.js'
import { runInTurn, tellMedians } from './rounds.js'

const count = 10_000
const rounds = 7

/** 10,000 members made in one session, none waiting for another: one by one, and a hundred a commit. */
export async function measureCreate(): Promise<Outcome[]> {
  await using server = await startZooKeeper({ heapMb: 1024 })
  let group = 0
  const create = (name: Name, perCommit: number) => async (): Promise<number> =>
    (await askOnce(name, 'create', { endpoint: server.endpoint, group: `create-${(group += 1)}`, count, perCommit, capabilities: JSON.stringify(capabilities) })).ms
  const { muster, kazoo, commits, transactions } = await runInTurn(rounds, {
    muster: create('muster', 1),
    kazoo: create('kazoo', 1),
    commits: create('muster', 100),
    transactions: create('kazoo', 100),
  })
  return [
    { what: '10,000 members created in one session: time of kazoo, pipelined / ours', ...inTurn(kazoo, muster), bar: { atLeast: 2 }, here: tellMedians({ muster, kazoo }, 'ms') },
    {
      what: 'the same in commits of 100: time of kazoo, pipelined / ours',
      ...inTurn(kazoo, commits),
      bar: { atLeast: 4 },
      here: tellMedians({ muster: commits, kazoo, 'kazoo in transactions of 100': transactions }, 'ms'),
    },
  ]
}

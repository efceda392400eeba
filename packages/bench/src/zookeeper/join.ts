import { openSession } from '@muster/coordination/internal'
import { startZooKeeper } from '@muster/testkit'

import type { Outcome } from '../outcome.js'
import { inTurn } from '../ratios.js'
import { askOnce } from './contestant.js'
import type { Name } from './contestant.js'
import { capabilities } from './members.js'
import { runInTurn, tellMedians } from './rounds.js'

const count = 1000
const rounds = 5

/** A thousand workers, each with a session of its own, start and join: ours and kazoo's at once, tooz's one after another, since its `start` blocks. */
export async function measureJoin(): Promise<Outcome[]> {
  await using server = await startZooKeeper({ heapMb: 1024 })
  const { endpoint } = server
  const session = await openSession(`zookeeper://${endpoint}`)
  const join = (name: Name) => async (round: number): Promise<number> => {
    const group = `${name}-${round}`
    await session.commit([{ op: 'create', at: { collection: 'groups', key: group }, data: new Uint8Array() }])
    return (await askOnce(name, 'join', { endpoint, group, count, capabilities: JSON.stringify(capabilities) })).ms
  }
  try {
    const { muster, kazoo, tooz } = await runInTurn(rounds, { muster: join('muster'), kazoo: join('kazoo'), tooz: join('tooz') })
    return [
      { what: '1,000 sessions start and join: time of kazoo / ours', ...inTurn(kazoo, muster), bar: { atLeast: 3 }, here: tellMedians({ muster, kazoo }, 'ms') },
      { what: '1,000 sessions start and join: time of tooz / ours', ...inTurn(tooz, muster), bar: { atLeast: 10 }, here: tellMedians({ muster, tooz }, 'ms') },
    ]
  } finally {
    await session.close()
  }
}

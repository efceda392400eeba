import { openSession } from '@muster/coordination/internal'
import type { Outcome } from '../outcome.js'
import { inTurn } from '../ratios.js'
import { Contestant } from './contestant.js'
import { capabilities } from './members.js'
import { runInTurn, tellTimes } from './rounds.js'
import { startBenchServer } from './server.js'

const count = 1000
const rounds = 5

/** A thousand workers, each with a session of its own, start and join: ours and kazoo's at once, tooz's one after another, since its `start` blocks. */
export async function measureJoin(): Promise<Outcome[]> {
  await using server = await startBenchServer()
  const { endpoint } = server
  await using ours = await Contestant.start('muster')
  await using started = await Contestant.start('kazoo')
  await using blocked = await Contestant.start('tooz')
  const session = await openSession(`zookeeper://${endpoint}`)
  let groups = 0
  const join = (contestant: Contestant) => async (): Promise<number> => {
    const group = `join-${(groups += 1)}`
    await session.commit([{ op: 'create', at: { collection: 'groups', key: group }, data: new Uint8Array() }])
    return (await contestant.ask('join', { endpoint, group, first: 0, count, capabilities: JSON.stringify(capabilities) })).ms
  }
  try {
    const { muster, kazoo, tooz } = await runInTurn(rounds, { muster: join(ours), kazoo: join(started), tooz: join(blocked) })
    return [
      { what: '1,000 sessions start and join: time of kazoo / ours', ...inTurn(kazoo.counted, muster.counted), bar: { atLeast: 3 }, here: tellTimes({ muster, kazoo }) },
      { what: '1,000 sessions start and join: time of tooz / ours', ...inTurn(tooz.counted, muster.counted), bar: { atLeast: 10 }, here: tellTimes({ muster, tooz }) },
    ]
  } finally {
    await session.close()
  }
}

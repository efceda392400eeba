import { startZooKeeper } from '@muster/testkit'

import type { Outcome } from '../outcome.js'
import { inTurn } from '../ratios.js'
import { askOnce } from './contestant.js'
import type { Name } from './contestant.js'
import { populate } from './populate.js'
import { runInTurn, tellMedians } from './rounds.js'

const heapMb = 2048

/** A list of 10,000 members with their data by a new process on a new connection. */
export async function measureList(): Promise<Outcome[]> {
  const { muster, kazoo, tooz } = await listInTurn(10_000, 7, ['muster', 'kazoo', 'tooz'])
  return [
    { what: 'list of 10,000 members: time of kazoo, pipelined / ours', ...inTurn(kazoo.ms, muster.ms), bar: { atLeast: 10 }, here: tellMedians({ muster: muster.ms, kazoo: kazoo.ms }, 'ms') },
    { what: "list of 10,000 members: time of tooz, Vitrage's way / ours", ...inTurn(tooz.ms, muster.ms), bar: { atLeast: 20 }, here: tellMedians({ muster: muster.ms, tooz: tooz.ms }, 'ms') },
  ]
}

/** The same of 100,000, with the memory that it takes. */
export async function measureLargeList(): Promise<Outcome[]> {
  const { muster, kazoo } = await listInTurn(100_000, 5, ['muster', 'kazoo'])
  return [
    {
      what: 'list of 100,000 members: time of kazoo, pipelined / ours',
      ...inTurn(kazoo.ms, muster.ms),
      bar: { atLeast: 10 },
      here: `${tellMedians({ muster: muster.ms, kazoo: kazoo.ms }, 'ms')}; resident memory grown by ${tellMedians({ muster: muster.mb, kazoo: kazoo.mb }, 'MB')}`,
    },
  ]
}

async function listInTurn<N extends Name>(members: number, rounds: number, names: readonly N[]): Promise<Record<N, { ms: number[]; mb: number[] }>> {
  await using server = await startZooKeeper({ heapMb })
  await using place = await populate(server.endpoint, members)
  const list = async (name: N): Promise<{ ms: number; grownMb: number }> => {
    const { count, ...rest } = await askOnce(name, 'list', place)
    if (count !== members) throw new Error(`${name} listed ${count} of ${members} members`)
    return rest
  }
  const results = await runInTurn(rounds, Object.fromEntries(names.map((name) => [name, () => list(name)])) as Record<N, () => ReturnType<typeof list>>)
  return Object.fromEntries(names.map((name) => [name, { ms: results[name].map(({ ms }) => ms), mb: results[name].map(({ grownMb }) => grownMb) }])) as Record<N, { ms: number[]; mb: number[] }>
}

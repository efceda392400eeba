import type { Outcome } from '../outcome.js'
import { inTurn } from '../ratios.js'
import { Contestant } from './contestant.js'
import type { Place } from './contestant.js'
import { populate } from './populate.js'
import { runInTurn, tellTimes } from './rounds.js'
import { startBenchServer } from './server.js'

const heapMb = 2048

/** 10,000 members with their data, listed on a new connection. */
export async function measureList(): Promise<Outcome[]> {
  const members = 10_000
  await using server = await startBenchServer(heapMb)
  await using place = await populate(server.endpoint, members)
  await using ours = await Contestant.start('muster')
  await using pipelined = await Contestant.start('kazoo')
  await using oneByOne = await Contestant.start('tooz')
  const list = (contestant: Contestant, as: As) => async (): Promise<number> => (await listAll(contestant, place, members, as)).ms
  const { muster, kazoo, musterMembers, tooz } = await runInTurn(7, {
    muster: list(ours, 'bytes'),
    kazoo: list(pipelined, 'bytes'),
    musterMembers: list(ours, 'members'),
    tooz: list(oneByOne, 'members'),
  })
  return [
    { what: 'list of 10,000 members: time of kazoo, pipelined / ours', ...inTurn(kazoo.counted, muster.counted), bar: { atLeast: 10 }, here: tellTimes({ muster, kazoo }) },
    { what: "list of 10,000 members: time of tooz, Vitrage's way / ours", ...inTurn(tooz.counted, musterMembers.counted), bar: { atLeast: 20 }, here: tellTimes({ muster: musterMembers, tooz }) },
  ]
}

/** The same of 100,000, with the memory that it takes. */
export async function measureLargeList(): Promise<Outcome[]> {
  const members = 100_000
  await using server = await startBenchServer(heapMb)
  await using place = await populate(server.endpoint, members)
  await using ours = await Contestant.start('muster')
  await using pipelined = await Contestant.start('kazoo')
  const grown = new Map<Contestant, number>()
  const list = (contestant: Contestant) => async (): Promise<number> => {
    const { ms, grownMb } = await listAll(contestant, place, members, 'bytes')
    if (!grown.has(contestant)) grown.set(contestant, grownMb) // later ones use it again
    return ms
  }
  const { muster, kazoo } = await runInTurn(5, { muster: list(ours), kazoo: list(pipelined) })
  const memory = [ours, pipelined].map((contestant) => `${contestant.name} ${(grown.get(contestant) ?? NaN).toFixed(0)} MB`).join(', ')
  return [{ what: 'list of 100,000 members: time of kazoo, pipelined / ours', ...inTurn(kazoo.counted, muster.counted), bar: { atLeast: 10 }, here: `${tellTimes({ muster, kazoo })}; resident memory grown by ${memory}` }]
}

type As = 'bytes' | 'members'

async function listAll(contestant: Contestant, place: Place, members: number, as: As): Promise<{ ms: number; grownMb: number }> {
  const { count, ...rest } = await contestant.ask('list', { ...place, as })
  if (count !== members) throw new Error(`${contestant.name} listed ${count} of ${members} members`)
  return rest
}

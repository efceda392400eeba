import type { Outcome } from '../outcome.js'
import { inTurn, quantile } from '../ratios.js'
import { startServer } from '../server-process.js'
import { withEachDatabase } from './databases.js'
import type { Database } from './databases.js'
import { makeLongLog } from './long-log.js'
import type { LongLog } from './long-log.js'
import { measurePages } from './pages.js'
import { openHistory } from './server-history.js'

const [few, many] = [1000, 1_000_000]
const starts = 7

/** What a long history costs: the pages of it, and a server that has it. */
export async function measureHistoryLarge(): Promise<Outcome[]> {
  return withEachDatabase(measureLarge)
}

async function measureLarge(database: Database): Promise<Outcome[]> {
  const { name } = database
  await using small = await makeLongLog(database, few)
  await using large = await makeLongLog(database, many)
  const runs: Record<'small' | 'large', Start[]> = { small: [], large: [] }
  for (let round = -1; round < starts; round += 1) {
    const [ofLarge, ofSmall] = [await measureStart(large), await measureStart(small)]
    if (round < 0) continue
    runs.large.push(ofLarge)
    runs.small.push(ofSmall)
  }
  const compare = (what: string, unit: string, of: (start: Start) => number): Outcome => {
    const [ofLarge, ofSmall] = [runs.large.map(of), runs.small.map(of)]
    const here = `median ${[ofLarge, ofSmall].map((values) => `${quantile(values, 0.5).toFixed(0)} ${unit}`).join(' to ')}, ${starts} starts each`
    return { what: `${name}, ${many.toLocaleString('en')} changes / ${few.toLocaleString('en')}: ${what}`, ...inTurn(ofLarge, ofSmall), bar: { atMost: 1.2 }, here }
  }
  await using server = await startServer('api-server.js', optionsOf(large))
  await openHistory(server)
  return [
    ...(await measurePages(name, large, server)),
    compare('from the start to an answer with changes', 'ms', ({ ms }) => ms),
    compare('memory the server holds', 'MB', ({ memory }) => memory),
  ]
}

interface Start {
  readonly ms: number
  /** MB. */
  readonly memory: number
}

async function measureStart(log: LongLog): Promise<Start> {
  const begun = performance.now()
  await using server = await startServer('api-server.js', optionsOf(log))
  const last = await openHistory(server)
  const ms = performance.now() - begun
  if (last < log.changes) throw new Error(`The server tells ${last} changes of ${log.changes}`)
  return { ms, memory: await server.memory() }
}

const optionsOf = ({ backend, database }: LongLog): string[] => [backend, JSON.stringify({ database })]

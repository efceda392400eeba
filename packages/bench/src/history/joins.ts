import { eventually } from '@muster/testkit'

import type { Outcome } from '../outcome.js'
import { quantile } from '../ratios.js'
import { scratchStore } from '../scratch-store.js'
import { startServer } from '../server-process.js'
import { withEachDatabase } from './databases.js'
import type { Database } from './databases.js'
import { Receipts } from './receipts.js'
import { openHistory } from './server-history.js'
import { Writer } from './writer.js'

const joinsPerSecond = 500
const seconds = 20
const joins = joinsPerSecond * seconds
const hosts = 100
const patience = { timeoutMs: 60_000, everyMs: 20 }

/** Whether the one who keeps the history keeps up with a storm of workers: how late each join is told, and the last ones. */
export async function measureHistoryJoins(): Promise<Outcome[]> {
  return withEachDatabase(measureJoins)
}

async function measureJoins(database: Database): Promise<Outcome[]> {
  await using store = await scratchStore()
  await using server = await startServer('api-server.js', [store.backend, JSON.stringify({ database: await database.create(store) })])
  await openHistory(server)
  await using told = await Receipts.ofStream(`${server.url}/v1/change/stream?kind=worker.joined`)
  await using writer = new Writer(store.backend)
  const before = await server.cpu()
  const { perSecond, endedAt } = await writer.joinAsMany({ workers: joins, hosts, perSecond: joinsPerSecond })
  const atEnd = told.heard.length
  await eventually(() => {
    if (told.heard.length < joins) throw new Error(`${told.heard.length} of ${joins} joins told`)
  }, patience).catch((error: unknown) => process.stderr.write(`${String(error)}\n`)) // what is missing is told as missed
  const cpuShare = ((await server.cpu()) - before) / (joins / perSecond) / 10
  const lag = told.lastAt - endedAt
  const wrong = Math.abs(joins - told.heard.length) + told.outOfOrder
  const what = `${database.name}, ${joinsPerSecond} joins/s for ${seconds} s`
  const at = (share: number): number => quantile(told.delays, share)
  return [
    { what: `${what}: the last is told after the end`, value: lag, spread: [lag, lag], unit: ' ms', bar: { atMost: 1000 }, here: `${(joins - atEnd).toLocaleString('en')} were not told yet when the last had joined; ${perSecond.toFixed(0)} joins/s in truth` },
    { what: `${what}: from before the join to the receipt by SSE, longest`, value: at(1), spread: [at(0.5), at(1)], unit: ' ms', bar: { atMost: 1000 }, here: `p50 ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms; the server used ${cpuShare.toFixed(0)}% of one core` },
    { what: `${what}: lost, told twice or out of order`, value: wrong, spread: [wrong, wrong], unit: '', bar: { atMost: 0 }, here: `${told.heard.length.toLocaleString('en')} of ${joins.toLocaleString('en')} told` },
  ]
}

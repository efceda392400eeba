import { eventually, findRabbitMq, startRabbitMq } from '@muster/testkit'
import type { RabbitMqServer } from '@muster/testkit'

import type { Outcome } from '../outcome.js'
import { quantile } from '../ratios.js'
import { scratchStore } from '../scratch-store.js'
import { startServer } from '../server-process.js'
import { isThere, withEachDatabase } from './databases.js'
import type { Database } from './databases.js'
import { Receipts } from './receipts.js'
import { openHistory } from './server-history.js'
import { changesPerSecond, Writer } from './writer.js'

const services = 100
const [warmUpChanges, changes] = [400, 2000]
const patience = { timeoutMs: 60_000, everyMs: 50 }

/** How long it takes from a change of a service to those who listen, each in another process: to a stream of the server, and by a RabbitMQ. */
export async function measureHistoryDelay(): Promise<Outcome[]> {
  const hasBroker = await isThere('RabbitMQ', findRabbitMq)
  return withEachDatabase(async (database) => {
    if (!hasBroker) return measureDelay(database, undefined)
    await using broker = await startRabbitMq()
    return await measureDelay(database, broker)
  })
}

async function measureDelay(database: Database, broker: RabbitMqServer | undefined): Promise<Outcome[]> {
  await using store = await scratchStore()
  const options = { database: await database.create(store), ...(broker && { rabbitmq: { url: broker.url } }) }
  await using fromBroker = broker && (await Receipts.ofBroker(broker))
  await using server = await startServer('api-server.js', [store.backend, JSON.stringify(options)])
  await openHistory(server)
  await using fromStream = await Receipts.ofStream(`${server.url}/v1/notification/stream`)
  await using writer = new Writer(store.backend)
  await writer.join({ workers: services, hosts: services, perSecond: changesPerSecond })

  const listeners: [string, Receipts][] = [['SSE', fromStream], ...(fromBroker ? [['RabbitMQ', fromBroker] satisfies [string, Receipts]] : [])]
  const heardOf = async (count: number): Promise<void> => {
    await eventually(() => listeners.forEach(([name, { heard }]) => {
      if (heard.length < count) throw new Error(`${name} has told ${heard.length} of ${count} changes`)
    }), patience)
  }
  await writer.change(warmUpChanges)
  await heardOf(warmUpChanges)
  for (const [, receipts] of listeners) receipts.heard = []
  const before = await server.cpu()
  const { times, begins, perSecond } = await writer.change(changes)
  await heardOf(changes).catch((error: unknown) => process.stderr.write(`${String(error)}\n`)) // what is missing is told as missed
  const cpuShare = ((await server.cpu()) - before) / (changes / perSecond) / 10
  const took = new Map(begins.map((begunAt, index) => [begunAt, times[index] ?? NaN]))
  const what = `${database.name}, ${changesPerSecond} changes/s`
  const here = `the change itself p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms, comes before; the server used ${cpuShare.toFixed(0)}% of one core; ${perSecond.toFixed(0)} changes/s in truth`
  return listeners.flatMap(([name, receipts]) => toOutcomes(`${what}: from the commit to the receipt by ${name}`, receipts, took, here))
}

/** `took`: how long each change itself took, by when it was begun. */
function toOutcomes(what: string, { heard, outOfOrder }: Receipts, took: ReadonlyMap<number, number>, here: string): Outcome[] {
  const delays = heard.map(({ begunAt, delay }) => delay - (took.get(begunAt) ?? 0))
  const [p50, p99, longest] = [quantile(delays, 0.5), quantile(delays, 0.99), quantile(delays, 1)]
  const wrong = Math.abs(changes - delays.length) + outOfOrder
  return [
    { what: `${what}, p50`, value: p50, spread: [quantile(delays, 0.1), quantile(delays, 0.9)], unit: ' ms', bar: { atMost: 20 }, here },
    { what: `${what}, p99`, value: p99, spread: [p50, longest], unit: ' ms', bar: { atMost: 100 }, here: `longest ${longest.toFixed(0)} ms` },
    { what: `${what}: lost, told twice or out of order`, value: wrong, spread: [wrong, wrong], unit: '', bar: { atMost: 0 }, here: `${delays.length.toLocaleString('en')} of ${changes.toLocaleString('en')} told` },
  ]
}

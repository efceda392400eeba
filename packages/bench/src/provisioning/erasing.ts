import { openProvisioning } from '@muster/provisioning'
import type { Provisioning } from '@muster/provisioning'
import { RemoteProcess } from '@muster/testkit'

import { withEachDatabase } from '../history/databases.js'
import type { Database } from '../history/databases.js'
import type { Outcome } from '../outcome.js'
import { quantile } from '../ratios.js'
import { scratchStore } from '../scratch-store.js'
import { makeModel, openToRead, stepsOfCluster, withTables } from './clusters.js'
import { copyCluster } from './fill-clusters.js'
import type { ReporterFunctions } from './reporter-process.js'

const [events, clusters] = [1_000_000, 10]
const reportsPerSecond = 50
const [warmUpReports, reportsBefore] = [100, 1000]
const eraseEveryMs = 50
const mostMs = 50
const timeoutMs = 1_800_000

/** How long a report takes while the events of steps that are done are erased, beside what it takes without. */
export async function measureErasing(): Promise<Outcome[]> {
  return withEachDatabase(measureOf)
}

async function measureOf(database: Database): Promise<Outcome[]> {
  await using folder = await scratchStore()
  const url = await database.create(folder)
  await using provisioning = await openToRead(url)
  const of = await makeModel(provisioning, 1, (step) => step.ok({ instance: 'worker' }))
  await withTables(url, (history) => copyCluster(history, { of, steps: stepsOfCluster, first: 1, last: clusters, events: events / clusters / stepsOfCluster }))
  await database.settle(url)
  await using reporter = await startReporter(url, provisioning)
  await reporter.call('report', warmUpReports, reportsPerSecond)
  const before: number[] = []
  while (before.length < reportsBefore) before.push(...(await reporter.call('report', reportsPerSecond, reportsPerSecond)))
  const { times, seconds } = await whileErasing(url, () => reporter.call('report', reportsPerSecond, reportsPerSecond))
  return toOutcomes(database.name, before, times, seconds)
}

async function startReporter(url: string, provisioning: Provisioning): Promise<RemoteProcess<ReporterFunctions>> {
  const cluster = await provisioning.createCluster({ name: 'live' })
  const { id } = await cluster.step({ name: 'Launching instances', type: 'creating', total: 1_000_000 })
  return new RemoteProcess<ReporterFunctions>(new URL('reporter-process.js', import.meta.url), [url, id ?? ''])
}

/** Calls `report` again and again until all events of steps that are done are erased. */
async function whileErasing(url: string, report: () => Promise<number[]>): Promise<{ times: number[]; seconds: number }> {
  return withTables(url, async (history) => {
    const isOver = (): Promise<boolean> => history.read(async (tables) => (await tables.selectFrom('cluster_provision_steps').select('id').where('successful', '=', 1).where('erased', '=', 0).executeTakeFirst()) === undefined)
    const times: number[] = []
    const begun = performance.now()
    const eraser = await openProvisioning(url, { eraseEveryMs, keepEventsMs: 0, logger: console })
    try {
      while (!(await isOver())) {
        if (performance.now() > begun + timeoutMs) throw new Error(`The events are not erased after ${timeoutMs / 1000} s`)
        times.push(...(await report()))
      }
    } finally {
      await eraser.close()
    }
    const seconds = (performance.now() - begun) / 1000
    const { count } = await history.read((tables) => tables.selectFrom('cluster_events').select((of) => of.fn.countAll<number>().as('count')).executeTakeFirstOrThrow())
    const reported = warmUpReports + reportsBefore + times.length
    if (count !== reported) throw new Error(`There are ${count} events, not the ${reported} that were reported`)
    return { times, seconds }
  })
}

function toOutcomes(name: string, before: readonly number[], meanwhile: readonly number[], seconds: number): Outcome[] {
  const [without, during] = [before, meanwhile].map((times) => ({ p50: quantile(times, 0.5), p99: quantile(times, 0.99), most: quantile(times, 1), count: times.length }))
  if (!without || !during) return []
  const tell = ({ p50, p99, most, count }: typeof during): string => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, longest ${most.toFixed(0)} ms of ${count.toLocaleString('en')}`
  const here = `while erasing ${tell(during)}; without ${tell(without)}; ${(events / seconds).toFixed(0)} events erased a second`
  const what = `${name}, ${reportsPerSecond} reports/s while ${events.toLocaleString('en')} events are erased`
  const row = (of: string, value: number): Outcome => ({ what: `${what}: ${of}`, value, spread: [during.p50, during.most], unit: ' ms', bar: { atMost: mostMs }, here })
  return [row('a report, p99', during.p99), { ...row('p99 less that without erasing', during.p99 - without.p99), spread: [during.p50 - without.p50, during.most - without.most] }]
}

import { openSession } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'
import { eventually } from '@muster/testkit'

import { atPace, now } from '../at-pace.js'
import type { Outcome } from '../outcome.js'
import { scratchStore } from '../scratch-store.js'
import { startServer } from '../server-process.js'
import { startBenchServer } from '../zookeeper/server.js'
import { ClientFleet } from './client-fleet.js'
import type { FleetReport } from './client-fleet.js'

const clients = 2000
const processes = 2
const changesPerSecond = 100
const warmUpChanges = 300
const changes = 1000
const members = 100
const group = 'vitrage'

/** Two thousand streams of one server while workers change: what they are told and how late, and what it costs the server and ZooKeeper. */
export async function measureSse(): Promise<Outcome[]> {
  await using zookeeper = await startBenchServer()
  await using scratch = await scratchStore()
  const backend = `zookeeper://${zookeeper.endpoint}?timeout=30s`
  const writer = await openSession(backend)
  try {
    await writer.commit([{ op: 'create', at: { collection: 'groups', key: group }, data: new Uint8Array() }])
    for (let index = 0; index < members; index += 1) await write(writer, index, 'create')
    await using server = await startServer('api-server.js', [backend, JSON.stringify({ database: `sqlite:${scratch.folder}/history.db` })])
    await eventually(async () => {
      const rows: unknown = await (await fetch(`${server.url}/v1/service`)).json()
      if (!Array.isArray(rows) || rows.length !== members) throw new Error('the server does not list the workers yet')
    })
    const watchesBefore = await zookeeper.command('wchs')
    await using fleet = await ClientFleet.open(`${server.url}/v1/watch`, clients, processes)
    await eventually(async () => mustBe((await fleet.report()).synced, clients), { timeoutMs: 30_000 })
    await change(writer, warmUpChanges)
    await eventually(async () => mustBe((await fleet.report()).told, warmUpChanges * clients), { timeoutMs: 60_000, everyMs: 200 })
    const warm = await fleet.report()
    const before = { memory: await server.memory(), cpu: await server.cpu() }
    const begunAt = now()
    await change(writer, changes)
    const tookMs = now() - begunAt
    const report = await eventually(
      async () => {
        const seen = await fleet.report()
        mustBe(seen.told, (warmUpChanges + changes) * clients)
        return seen
      },
      { timeoutMs: 60_000, everyMs: 200 },
    ).catch(() => fleet.report()) // what is missing is told as missed
    const after = { memory: await server.memory(), cpu: await server.cpu() }
    const watches = await zookeeper.command('wchs')
    return toOutcomes({ report, warm, before, after, tookMs, watches, watchesBefore })
  } finally {
    await writer.close({ timeoutMs: 20_000 })
  }
}

function mustBe(actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${actual} instead of ${expected}`)
}

/** A worker that says when it said so, on the clock of all processes of this machine. */
async function write(writer: Session, index: number, op: 'create' | 'put'): Promise<void> {
  const worker = { name: `ApiWorker worker(${index})`, hostname: 'controller-1', process: 20_000 + index, created: '2019-02-10T11:07:15+00:00', version: now().toFixed(0) }
  const at = { collection: `members/${group}`, key: `worker-${index}` }
  const data = Buffer.from(JSON.stringify(worker))
  await writer.commit([op === 'create' ? { op, at, data, ephemeral: true } : { op, at, data }])
}

let joined = members

/** Workers that join and workers that say something new, in turn. */
const change = (writer: Session, count: number): Promise<void> =>
  atPace(changesPerSecond, count, (index) => (index % 2 === 0 ? write(writer, (index / 2) % members, 'put') : write(writer, joined++, 'create')))

interface Measured {
  readonly report: FleetReport
  readonly warm: FleetReport
  /** MB and ms. */
  readonly before: { readonly memory: number; readonly cpu: number }
  readonly after: { readonly memory: number; readonly cpu: number }
  readonly tookMs: number
  readonly watches: string
  readonly watchesBefore: string
}

function toOutcomes({ report, warm, before, after, tookMs, watches, watchesBefore }: Measured): Outcome[] {
  const what = `${clients.toLocaleString('en')} SSE clients, ${changesPerSecond} changes/s`
  const single = (value: number): Pick<Outcome, 'value' | 'spread'> => ({ value, spread: [value, value] })
  const delays = sorted(report.delays, warm.delays)
  const [p50, p99, longest] = [quantileOf(delays, 0.5), quantileOf(delays, 0.99), quantileOf(delays, 1)]
  const lost = (warmUpChanges + changes) * clients - report.told
  const watching = (answer: string): number => Number(/^(\d+) connections/.exec(answer)?.[1])
  return [
    { what: `${what}: changes not told, told out of order, streams begun anew or ended`, ...single(lost + report.outOfOrder + report.resets + report.ended), unit: '', bar: { atMost: 0 }, here: `${report.told.toLocaleString('en')} changes told; ${changes} in ${(tookMs / 1000).toFixed(1)} s` },
    { what: `${what}: from the commit to the client, p99`, value: p99, spread: [p50, longest], unit: ' ms', bar: { atMost: 1000 }, here: `p50 ${p50} ms, p99 ${p99} ms, longest ${longest} ms; the server used ${(((after.cpu - before.cpu) / tookMs) * 100).toFixed(0)}% of one core` },
    { what: `${what}: memory the server holds after ${changes} changes / before`, ...single(after.memory / before.memory), bar: { atMost: 1.2 }, here: `${before.memory.toFixed(0)} MB to ${after.memory.toFixed(0)} MB` },
    { what: `${what}: sessions that watch on ZooKeeper`, ...single(watching(watches)), unit: '', bar: { atMost: 1 }, here: `without clients: ${oneLine(watchesBefore)}; with them: ${oneLine(watches)}` },
  ]
}

const oneLine = (text: string): string => text.trim().replaceAll('\n', ', ')

/** The delays since `warm`, each with how often it was measured, shortest first. */
function sorted(delays: FleetReport['delays'], warm: FleetReport['delays']): [number, number][] {
  const times = new Map<number, number>()
  for (const [sign, list] of [[1, delays], [-1, warm]] as const) for (const [ms, count] of list) times.set(ms, (times.get(ms) ?? 0) + sign * count)
  return [...times].filter(([, count]) => count > 0).sort(([a], [b]) => a - b)
}

function quantileOf(delays: readonly (readonly [number, number])[], share: number): number {
  let left = share * delays.reduce((total, [, count]) => total + count, 0)
  for (const [ms, count] of delays) if ((left -= count) <= 0) return ms
  return NaN
}

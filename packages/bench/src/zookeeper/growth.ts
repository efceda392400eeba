import { startFaultProxy } from '@muster/testkit'

import type { LineChart } from '../charts/line-chart.js'
import { quantile } from '../ratios.js'
import type { Finding } from '../results.js'
import { Contestant } from './contestant.js'
import type { Name, Place } from './contestant.js'
import { capabilities } from './members.js'
import { populate } from './populate.js'
import { startBenchServer } from './server.js'
import { watchJoins } from './watch-joins.js'

const sizes = [100, 1000, 10_000, 100_000]
const rounds = 3
const joined = 50
const heapMb = 2048

const measures = {
  list: ['All members listed with their data, on a new connection', 'ms'],
  memory: ['Memory that such a list takes', 'MB'],
  join: ['A new session starts and joins a group', 'ms'],
  watch: ['CPU of a watcher, for each join', 'ms'],
  bytes: ['What a watcher is sent, for each join', 'B'],
} as const

type Measure = keyof typeof measures
type Points = [x: number, y: number][]

/** How lists, joins and watches grow with the group, beside kazoo and tooz: charts, no bars. */
export async function measureGrowth(): Promise<Finding> {
  const lines = new Map<Measure, Map<Name, Points>>()
  for (const size of sizes) {
    await using server = await startBenchServer(heapMb)
    await using place = await populate(server.endpoint, size)
    for (const name of ['muster', 'kazoo', 'tooz'] as const) {
      await using contestant = await Contestant.start(name)
      for (const [measure, value] of Object.entries(await measureAt(contestant, place, size))) {
        const ofMeasure = lines.get(measure as Measure) ?? new Map<Name, Points>()
        lines.set(measure as Measure, ofMeasure)
        ofMeasure.set(name, [...(ofMeasure.get(name) ?? []), [size, value]])
      }
    }
  }
  return { outcomes: [], charts: [...lines].map(([measure, ofMeasure]) => toChart(measure, ofMeasure)) }
}

function toChart(measure: Measure, lines: ReadonlyMap<Name, Points>): LineChart {
  const [title, unit] = measures[measure]
  return { name: `growth-${measure}`, title, unit, xTitle: 'members of the group', lines: [...lines].map(([name, points]) => ({ name, points })) }
}

async function measureAt(contestant: Contestant, place: Place, size: number): Promise<Partial<Record<Measure, number>>> {
  const isTooz = contestant.name === 'tooz' // reads a member at a time; it has no watch, and asks for all names instead
  const lists = []
  for (let round = isTooz ? 1 : 0; round <= rounds; round += 1) lists.push(await contestant.ask('list', { ...place, as: isTooz ? 'members' : 'bytes' }))
  const counted = lists.slice(isTooz ? 0 : 1) // Node compiles what it uses in the first
  const joins = []
  for (let round = 0; round <= rounds; round += 1) {
    const first = size + 1_000_000 * (round + 1)
    joins.push(await contestant.ask('join', { ...place, first, count: 1, capabilities: JSON.stringify(capabilities) }))
  }
  const times = { list: quantile(counted.map(({ ms }) => ms), 0.5), join: quantile(joins.slice(1).map(({ ms }) => ms), 0.5) }
  return isTooz ? times : { ...times, memory: Math.max(0.1, quantile(lists.map(({ grownMb }) => grownMb), 1)), ...(await watchAt(contestant, place, size)) }
}

async function watchAt(contestant: Contestant, place: Place, size: number): Promise<{ watch: number; bytes: number }> {
  await using proxy = await startFaultProxy(place.endpoint)
  let before = 0
  const as = contestant.name === 'muster' ? 'members' : 'names'
  const { cpuMs } = await watchJoins(contestant, place, { expected: size, joined, as, watcherEndpoint: proxy.endpoint, onReady: () => (before = proxy.bytes.toClient) })
  return { watch: cpuMs / joined, bytes: (proxy.bytes.toClient - before) / joined }
}

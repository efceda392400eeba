import { openSession } from '@muster/coordination/internal'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceFilter, ServiceGroup } from '@muster/servicegroup'
import { collectGarbage } from '@muster/testkit'

import type { Outcome } from '../outcome.js'
import { quantile } from '../ratios.js'
import { scratchStore } from '../scratch-store.js'
import { measureOne } from './one-service.js'
import { seedServices } from './seed-services.js'

const count = 10_000
const rounds = 200

const filters: Readonly<Record<string, ServiceFilter>> = {
  none: {},
  uuid: { uuid: 'no-such' },
  type: { type: ['nova-type-1', 'nova-type-2'] },
  host: { host: 'host-7' },
  region: { region: 'region-1' },
  zone: { zone: ['zone-1', 'zone-7'] },
  status: { status: 'disabled' },
  state: { state: 'up' },
  effective: { effective: 'down' },
  labels: { labels: { rack: ['r1', 'r2', 'r3'] } },
  'all of them': { type: 'nova-type-1', region: 'region-1', zone: 'zone-1', status: 'enabled', state: 'up', effective: 'up', labels: { rack: 'r1' } },
}

/** How long `getMany` takes from a warm view, by each filter, what a service costs in memory, and what `GET` of one costs a server. */
export async function measureServices(): Promise<Outcome[]> {
  await using store = await scratchStore()
  const session = await openSession(store.backend)
  try {
    const uuids = await seedServices(session, count)
    const before = held()
    const group = await openServiceGroup(store.backend)
    await synced(group)
    const bytes = (held() - before) / count
    const times: [string, number[]][] = []
    for (const [name, filter] of Object.entries(filters)) times.push([name, await timesOf(group, filter)])
    const one = await measureOne(store, group, uuids)
    await group.close()
    const slowest = times.map(([name, of]) => [name, quantile(of, 0.5)] as const).sort(([, a], [, b]) => b - a)[0] ?? ['none', NaN]
    return [
      {
        what: `getMany of ${count.toLocaleString('en')} services, warm view, slowest filter`,
        value: slowest[1],
        spread: [quantile(times.flatMap(([, of]) => of), 0.1), quantile(times.flatMap(([, of]) => of), 0.9)],
        unit: ' ms',
        bar: { atMost: 5 },
        here: `by ${slowest[0]}; ${times.map(([name, of]) => `${name} ${quantile(of, 0.5).toFixed(2)}`).join(', ')} ms, p50 of ${rounds}`,
      },
      { what: `memory of a service and its worker in a view of ${count.toLocaleString('en')}`, value: bytes, spread: [bytes, bytes], unit: ' B', bar: { atMost: 6000 }, here: `heap and external memory, garbage collected, shared by the views of services and of workers` },
      one,
    ]
  } finally {
    await session.close({ timeoutMs: 20_000 })
  }
}

async function timesOf(group: ServiceGroup, filter: ServiceFilter): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now()
    await group.getMany(filter)
    times.push(performance.now() - begun)
  }
  return times
}

function synced(group: ServiceGroup): Promise<void> {
  const view = group.servicesView()
  return new Promise((resolve) => {
    const stop = view.onChange(() => {
      if (!view.synced) return
      stop()
      resolve()
    })
  })
}

function held(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

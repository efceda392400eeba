import type { ChangeFilter, ReadChangesOptions } from '@muster/notifications'
import { ChangeLog } from '@muster/notifications'

import { FrugalClient } from '../frugal-client.js'
import type { Outcome } from '../outcome.js'
import { quantile } from '../ratios.js'
import type { ServerProcess } from '../server-process.js'
import type { LongLog } from './long-log.js'

const [warmUps, rounds] = [20, 200]
/** What is so slow that it does not come to all its rounds misses the bar anyway. */
const mostMs = 10_000
const asked: Readonly<Record<string, ChangeFilter>> = {
  all: {},
  type: { type: 'nova-compute' },
  'type that is none': { type: 'no-such' },
  'three hosts': { host: ['host-7', 'host-8', 'host-9'] },
  'host and type': { host: 'host-42', type: 'nova-compute' },
  kind: { kind: 'service.updated' },
  'kind that is seldom': { kind: 'service.deleted' },
}

type Read = (filter: ChangeFilter, options: Pick<ReadChangesOptions, 'after' | 'from'>) => Promise<unknown>

/** How long a page takes, by its cursor, its time and its filter, straight from the database and by a server: the slowest of all is judged. */
export async function measurePages(name: string, { database, changes }: LongLog, server: ServerProcess): Promise<Outcome[]> {
  const log = await ChangeLog.open(database)
  try {
    const { lastSeq } = await log.read({}, { limit: 1 })
    const middle = (await log.read({}, { after: changes / 2, limit: 1 })).changes[0]?.at ?? ''
    const places = { first: { after: 0 }, middle: { after: changes / 2 }, last: { after: lastSeq - 100 }, 'since a time': { from: Date.parse(middle) } }
    using client = new FrugalClient(server.url)
    const served = await timesOf(places, (filter, options) => client.get(toPath(filter, options)))
    const read = await timesOf(places, (filter, options) => log.read(filter, options))
    const what = `${name}, ${changes.toLocaleString('en')} changes: a page of 100`
    return [toOutcome(`${what} from the database, p99`, read), toOutcome(`${what} by GET /v1/change, p99`, served)]
  } finally {
    await log.close()
  }
}

type Times = readonly (readonly [what: string, times: readonly number[]])[]

async function timesOf(places: Readonly<Record<string, Pick<ReadChangesOptions, 'after' | 'from'>>>, read: Read): Promise<Times> {
  const all: [string, number[]][] = []
  for (const [filterName, filter] of Object.entries(asked)) {
    for (const [place, options] of Object.entries(places)) {
      const times: number[] = []
      const until = performance.now() + mostMs
      for (let round = -warmUps; round < rounds && (times.length === 0 || performance.now() < until); round += 1) {
        const begun = performance.now()
        await read(filter, options)
        if (round >= 0) times.push(performance.now() - begun)
      }
      all.push([`${filterName}, ${place}`, times])
    }
  }
  return all
}

function toPath(filter: ChangeFilter, { after, from }: Pick<ReadChangesOptions, 'after' | 'from'>): string {
  const query = new URLSearchParams(Object.entries(filter).flatMap(([field, values]) => [values as string | string[]].flat().map((value): [string, string] => [field, value])))
  query.set('since', from === undefined ? String(after) : new Date(from).toISOString())
  return `/v1/change?${query.toString()}`
}

function toOutcome(what: string, all: Times): Outcome {
  const [slowest, times] = all.reduce((a, b) => (quantile(a[1], 0.99) > quantile(b[1], 0.99) ? a : b))
  const every = all.flatMap(([, of]) => of)
  const tell = ([name, of]: Times[number]): string => `${name} ${quantile(of, 0.5).toFixed(1)}/${quantile(of, 0.99).toFixed(1)}`
  return { what, value: quantile(times, 0.99), spread: [quantile(every, 0.5), quantile(every, 1)], unit: ' ms', bar: { atMost: 20 }, here: `slowest: ${slowest}; p50/p99 of ${rounds}: ${all.map(tell).join(', ')}` }
}

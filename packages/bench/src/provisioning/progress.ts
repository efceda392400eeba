import type { ProvisioningStore } from '@muster/provisioning'

import { withEachDatabase } from '../history/databases.js'
import type { Database } from '../history/databases.js'
import type { Outcome } from '../outcome.js'
import { quantile } from '../ratios.js'
import { scratchStore } from '../scratch-store.js'
import { makeModel, openToRead, stepsOfCluster, withTables } from './clusters.js'
import { copyCluster, idOfCopy } from './fill-clusters.js'
import { reads } from './reads.js'
import type { Read, Scene } from './reads.js'

const [clusters, events] = [1000, 100_000]
const [warmUps, rounds] = [20, 200]
const mostMs = 20

/** How many events each step has: of the first cluster, and of the others. */
const shapes = { even: [5, 5], 'most in one': [4001, 1] } as const

type Asked = keyof typeof reads
const asked = Object.keys(reads) as Asked[]

interface Times {
  readonly what: Asked
  readonly how: string
  readonly times: readonly number[]
}

/** What it costs to look at clusters, of many with many errors that are kept. */
export async function measureProgress(): Promise<Outcome[]> {
  return withEachDatabase(async (database) => {
    const times: Times[] = []
    for (const shape of Object.keys(shapes) as (keyof typeof shapes)[]) times.push(...(await measureShape(database, shape)))
    const scene = `${database.name}, ${clusters.toLocaleString('en')} clusters with ${stepsOfCluster} steps, ${events.toLocaleString('en')} errors`
    return asked.map((what) => toOutcome(`${scene}: ${what}, p99`, times.filter((one) => one.what === what)))
  })
}

async function measureShape(database: Database, shape: keyof typeof shapes): Promise<Times[]> {
  await using folder = await scratchStore()
  const url = await database.create(folder)
  await using provisioning = await openToRead(url)
  const { store } = provisioning
  const of = await makeModel(provisioning, 2, (step) => step.fail({ instance: 'worker', error: new Error('no route to host') }))
  await withTables(url, async (history) => {
    const [ofFirst, ofOthers] = shapes[shape]
    await copyCluster(history, { of, steps: stepsOfCluster, first: 1, last: 1, events: ofFirst })
    await copyCluster(history, { of, steps: stepsOfCluster, first: 2, last: clusters, events: ofOthers })
  })
  await database.settle(url)
  const idOf = (number: number): string => idOfCopy(of, number)
  const first = await store.cluster(idOf(1))
  const middle = await middleOf(store)
  const scene: Scene = { store, clusters, first: first.id, lastStep: first.provision_progress.at(-1)?.id ?? '', middle, idOf }
  const times: Times[] = []
  for (const what of asked) for (const [how, read] of Object.entries<Read>(reads[what])) times.push({ what, how: `${shape}, ${how}`, times: await timesOf((round) => read(scene, round)) })
  return times
}

/** The place in the middle of the list, come to as a client comes to it. */
async function middleOf(store: ProvisioningStore): Promise<string> {
  let after: string | undefined
  for (let seen = 0; seen < clusters / 2; ) {
    const page = await store.clusters({ after })
    seen += page.clusters.length
    after = page.next ?? undefined
  }
  return after ?? ''
}

async function timesOf(read: (round: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const begun = performance.now()
    await read(round)
    if (round >= warmUps) times.push(performance.now() - begun)
  }
  return times
}

function toOutcome(what: string, all: readonly Times[]): Outcome {
  const p99 = ({ times }: Times): number => quantile(times, 0.99)
  const slowest = all.reduce((a, b) => (p99(a) > p99(b) ? a : b))
  const every = all.flatMap(({ times }) => times)
  const tell = (one: Times): string => `${one.how} ${quantile(one.times, 0.5).toFixed(1)}/${p99(one).toFixed(1)}`
  return { what, value: p99(slowest), spread: [quantile(every, 0.5), quantile(every, 1)], unit: ' ms', bar: { atMost: mostMs }, here: `slowest: ${slowest.how}; p50/p99 of ${rounds}: ${all.map(tell).join('; ')}` }
}

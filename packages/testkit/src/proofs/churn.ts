import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { openServiceGroup } from '@muster/servicegroup'
import type { Worker } from '@muster/servicegroup'

import { RemoteError } from '../remote-calls.js'
import { RemoteProcess } from '../remote-process.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import { temporaryFolder } from '../temporary-folder.js'
import { atLeast, exactly } from './proof.js'
import type { Bar, ProofOptions, ProofResult } from './proof.js'
import { Expectations } from './expectations.js'
import type { WorkerFunctions } from './worker-process.js'

export interface ChurnOptions extends ProofOptions {
  /** Default 60. */
  readonly seconds?: number
  /** Processes at the same time. Default 16. */
  readonly processes?: number
  /** How long after its death a worker may still be listed, and after any change a watch may lag. Default 500. */
  readonly boundMs?: number
}

/** A slow machine gets this many times as long to let enough happen. */
const patience = 10
const checkEveryMs = 50
const longestStayMs = 3000

interface Counts {
  joins: number
  leaves: number
  kills: number
}

/** Where the churn takes place. */
export interface ChurnStage {
  readonly name: string
  readonly backend: string
  /** Makes trouble for the backend until it is over, then resolves with what it has to show for it. */
  readonly trouble?: (isOver: () => boolean, random: SeededRandom) => Promise<readonly Bar[]>
}

/** A backend that is out of reach has surely not done it, so the worker tries again. */
async function joinUntilIn(worker: RemoteProcess<WorkerFunctions>, group: string, isOver: () => boolean): Promise<Worker> {
  for (;;) {
    try {
      return await worker.call('join', { group, name: `worker ${worker.pid}` })
    } catch (error) {
      if (!(error instanceof RemoteError) || error.code !== 'backend_unreachable' || isOver()) throw error
    }
  }
}

/** One place in the cast: a process joins, stays, leaves and joins again until it is killed and another takes its place. */
async function liveAndDie(backend: string, isOver: () => boolean, random: SeededRandom, expected: Expectations, counts: Counts): Promise<void> {
  while (!isOver()) {
    await using worker = new RemoteProcess<WorkerFunctions>(new URL('./worker-process.js', import.meta.url), [backend])
    await worker.call('ready')
    for (let killed = false; !killed && !isOver(); ) {
      const dying = random.next() < 0.1
      const joining = joinUntilIn(worker, random.pick(['vitrage', 'nova']), isOver)
      const stay = expected.join(worker.pid)
      counts.joins += 1
      if (dying) {
        joining.catch(() => undefined) // killed on its way in
        await delay(random.below(20))
      } else {
        stay.joined((await joining).memberId)
        await delay(random.below(longestStayMs))
      }
      killed = dying || random.next() < 0.4
      if (killed) {
        counts.kills += 1
        stay.dying()
        await worker.kill()
        stay.dead()
      } else {
        counts.leaves += 1
        stay.leaving()
        await worker.call('leave')
        stay.left()
      }
    }
  }
}

/** Shows that lists and watches are right at every moment while processes join, leave and die. */
export async function run(options: ChurnOptions = {}): Promise<ProofResult> {
  await using folder = await temporaryFolder()
  return await churn({ name: 'churn', backend: `embedded:${join(folder.path, 'store')}` }, options)
}

/** The same on any backend. */
export async function churn({ name, backend, trouble }: ChurnStage, { seconds = 60, processes = 16, boundMs = 500, seed = freshSeed(), log = () => {} }: ChurnOptions): Promise<ProofResult> {
  const random = seededRandom(seed)
  const expected = new Expectations(boundMs)
  const counts: Counts = { joins: 0, leaves: 0, kills: 0 }
  const [lister, watcher] = [await openServiceGroup(backend), await openServiceGroup(backend)]
  const watched = new Map<string, Worker>()
  const following = (async () => {
    for await (const changes of watcher.watchWorkers()) {
      for (const change of changes) {
        if (change.type === 'left') watched.delete(change.before.memberId)
        else watched.set(change.worker.memberId, change.worker)
      }
    }
  })().catch(() => undefined) // ends with the reader

  const begun = performance.now()
  let most = 0
  const hasSeenEnough = (): boolean => counts.joins >= processes && counts.kills >= processes / 4 && counts.leaves >= processes / 4 && most >= processes / 2
  let failed = false
  const isOver = (): boolean => failed || performance.now() - begun >= (hasSeenEnough() ? 1 : patience) * seconds * 1000
  const places = Promise.all(Array.from({ length: processes }, () => liveAndDie(backend, isOver, seededRandom(random.below(2 ** 32)), expected, counts)))
  const troubles = trouble?.(isOver, seededRandom(random.below(2 ** 32)))
  Promise.all([places, troubles]).catch(() => (failed = true)) // told at the end
  const wrong: string[] = []
  let checks = 0
  let rest = NaN
  try {
    while (!isOver()) {
      const asked = performance.now()
      const listed = await lister.workers()
      const answered = performance.now()
      wrong.push(...expected.wrongInList(listed, asked, answered), ...expected.wrongInWatch([...watched.values()], answered))
      checks += 1
      most = Math.max(most, listed.length)
      if (checks % 100 === 0) log(`${checks} checks, ${counts.joins} joins, ${counts.leaves} leaves, ${counts.kills} kills`)
      await delay(checkEveryMs)
    }
    await places
    await troubles
    const deadline = performance.now() + boundMs
    do {
      await delay(checkEveryMs)
      rest = (await lister.workers()).length + watched.size
    } while (rest > 0 && performance.now() < deadline)
  } finally {
    failed = true // if it did: nobody begins anything more
    await Promise.allSettled([places, troubles, lister.close(), watcher.close(), following])
  }
  for (const line of wrong.slice(0, 20)) log(line)
  return {
    name,
    seed,
    bars: [
      atLeast('checks', checks, seconds),
      atLeast('joins', counts.joins, processes),
      atLeast('SIGKILLs', counts.kills, processes / 4),
      atLeast('graceful leaves', counts.leaves, processes / 4),
      atLeast('most workers in a list', most, processes / 2),
      exactly(`differences between a list or watch and the living processes, ${boundMs} ms after a death`, wrong.length, 0),
      exactly('workers listed or watched at the end', rest, 0),
      ...((await troubles) ?? []),
    ],
  }
}

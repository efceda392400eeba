import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type { Worker } from '@muster/servicegroup'

import { bootTime } from '../boot-clock.js'
import { eventually } from '../eventually.js'
import { openRawStore } from '../raw-store.js'
import { RemoteProcess } from '../remote-process.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import { spawnNode } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import { within } from '../within.js'
import type { ObserverFunctions } from './observer-process.js'
import { atLeast, exactly, fasterThan } from './proof.js'
import type { Bar, ProofOptions, ProofResult } from './proof.js'
import type { WorkerFunctions } from './worker-process.js'

export interface KillOptions extends ProofOptions {
  /** Workers that live at the same time. Default 10. */
  readonly workers?: number
  /** Default 60. */
  readonly kills?: number
  /** Graceful leaves. Default 20. */
  readonly leaves?: number
}

type WorkerProcess = RemoteProcess<WorkerFunctions>

const goneWithinMs = 500
const goneWithStoppedSweeperMs = 1500
const leftWithinMs = 100
const shortLeaseMs = 2000
const patienceMs = 20_000

/** The processes of the proof: workers, and one observer that watches and serves them. */
class Cast implements AsyncDisposable {
  readonly folder: string
  readonly workers: WorkerProcess[] = []
  observer: RemoteProcess<ObserverFunctions>

  constructor(folder: string) {
    this.folder = folder
    this.observer = this.#startObserver()
  }

  get backend(): string {
    return `embedded:${this.folder}`
  }

  /** Starts a worker; resolves when it is listed. */
  async enter(backend = this.backend): Promise<WorkerProcess> {
    const worker: WorkerProcess = new RemoteProcess(new URL('./worker-process.js', import.meta.url), [backend])
    this.workers.push(worker)
    await worker.call('join', { group: 'vitrage', name: `worker ${worker.pid}` })
    await this.observer.call('listed', worker.pid)
    return worker
  }

  /** The worker that sweeps for all now. An observer that does is replaced, so that one of the workers has to. */
  async sweeper(): Promise<WorkerProcess> {
    return eventually(async () => {
      const database = await openRawStore(join(this.folder, 'store.db'))
      const pid = await database.read((sql) => sql.get<{ pid: number }>('SELECT pid FROM sweeper')?.pid, { timeoutMs: 1000 }).finally(() => {
        database.close()
      })
      if (pid === this.observer.pid) {
        await this.observer.kill()
        this.observer = this.#startObserver()
        await this.observer.call('url')
      }
      const worker = this.workers.find((candidate) => candidate.pid === pid)
      if (!worker) throw new Error(`the sweeper is process ${pid ?? 'none'}`)
      return worker
    })
  }

  remove(worker: WorkerProcess): void {
    this.workers.splice(this.workers.indexOf(worker), 1)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.observer, ...this.workers].map((process) => process[Symbol.asyncDispose]()))
  }

  #startObserver(): RemoteProcess<ObserverFunctions> {
    return new RemoteProcess(new URL('./observer-process.js', import.meta.url), [this.backend])
  }
}

async function listedByHttp(url: string): Promise<Worker[]> {
  const response = await fetch(`${url}/v1/service`, { signal: AbortSignal.timeout(patienceMs) })
  if (response.status === 503) return listedByHttp(url) // a server that has just been started
  return (await response.json()) as Worker[]
}

/** Resolves to the moment when an HTTP answer without the process arrived. */
async function unlistedByHttp(url: string, pid: number): Promise<number> {
  for (;;) {
    const workers = await listedByHttp(url)
    if (!workers.some((worker) => worker.process === pid)) return bootTime()
    await delay(2)
  }
}

/** Kills a worker and measures until the watch and the HTTP list are without it. */
async function killAndMeasure(cast: Cast, worker: WorkerProcess): Promise<{ watch: number; http: number }> {
  cast.remove(worker)
  const url = await cast.observer.call('url')
  const killedAt = bootTime()
  worker.process.signal('SIGKILL')
  const [watch, http] = await Promise.all([cast.observer.call('unlisted', worker.pid), within(unlistedByHttp(url, worker.pid), patienceMs, 'the HTTP list without the worker')])
  return { watch: watch - killedAt, http: http - killedAt }
}

async function killOneByOne(cast: Cast, kills: number, random: SeededRandom, log: (line: string) => void): Promise<Bar[]> {
  const times = { watch: [] as number[], http: [] as number[] }
  let sweepers = 0
  for (let kill = 0; kill < kills; kill++) {
    const sweeper = await cast.sweeper()
    const target = kill % 3 === 0 ? sweeper : random.pick(cast.workers)
    if (target === sweeper) sweepers += 1
    await delay(random.below(250)) // any phase of the sweeps
    const time = await killAndMeasure(cast, target)
    times.watch.push(time.watch)
    times.http.push(time.http)
    await cast.enter()
    if ((kill + 1) % 10 === 0) log(`${kill + 1} of ${kills} killed`)
  }
  return [
    fasterThan('worker SIGKILLed: gone from the watch', times.watch, 'p99', goneWithinMs),
    fasterThan('worker SIGKILLed: gone from GET /v1/service', times.http, 'p99', goneWithinMs),
    atLeast('sweepers among them', sweepers, Math.floor(kills / 4)),
  ]
}

async function killWhileSweeperIsStopped(cast: Cast, random: SeededRandom): Promise<Bar[]> {
  const sweeper = await cast.sweeper()
  sweeper.process.signal('SIGSTOP')
  const time = await killAndMeasure(cast, random.pick(cast.workers.filter((worker) => worker !== sweeper)))
  sweeper.process.signal('SIGCONT')
  await cast.enter()
  return [fasterThan('worker SIGKILLed while the sweeper is stopped: gone from the watch and from HTTP', [time.watch, time.http], 'max', goneWithStoppedSweeperMs)]
}

async function leaveGracefully(cast: Cast, leaves: number): Promise<Bar[]> {
  const times: number[] = []
  for (let leave = 0; leave < leaves; leave++) {
    const worker = cast.workers[0] ?? (await cast.enter())
    const askedAt = bootTime()
    const [, unlistedAt] = await Promise.all([worker.call('leave'), cast.observer.call('unlisted', worker.pid)])
    times.push(unlistedAt - askedAt)
    cast.remove(worker)
    await worker[Symbol.asyncDispose]()
    await cast.enter()
  }
  return [fasterThan('graceful leave: gone from the watch', times, 'max', leftWithinMs)]
}

async function stopAndContinue(cast: Cast): Promise<Bar[]> {
  const worker = await cast.enter(`${cast.backend}?timeout=${shortLeaseMs}ms`)
  const stoppedAt = bootTime()
  worker.process.signal('SIGSTOP')
  const goneAt = await cast.observer.call('unlisted', worker.pid)
  const continuedAt = bootTime()
  worker.process.signal('SIGCONT')
  const backAt = await cast.observer.call('listed', worker.pid)
  const row = (await listedByHttp(await cast.observer.call('url'))).find((candidate) => candidate.process === worker.pid)
  return [
    fasterThan(`worker SIGSTOPped: gone by its lease of ${shortLeaseMs} ms`, [goneAt - stoppedAt], 'max', shortLeaseMs + goneWithinMs),
    fasterThan('after SIGCONT: back in the watch', [backAt - continuedAt], 'max', 2000),
    exactly('its incarnation', row?.incarnation ?? NaN, 2),
  ]
}

/** Everything on the host dies at once; the next `svc list` has nobody to rely on. */
async function killAll(cast: Cast): Promise<Bar[]> {
  const processes = [cast.observer, ...cast.workers]
  await Promise.all(processes.map((process) => process.kill()))
  await using list = spawnNode(fileURLToPath(new URL('../../../cli/bin/svc.js', import.meta.url)), ['list', '-f', 'json', '--backend', cast.backend])
  const { code } = await within(list.exited, patienceMs, 'svc list')
  if (code !== 0) throw new Error(`svc list ended with ${code ?? 'a signal'}: ${list.describeOutput()}`)
  const rows: unknown = JSON.parse(list.stdout)
  return [exactly(`all ${processes.length} processes SIGKILLed at once: rows of the next svc list`, Array.isArray(rows) ? rows.length : NaN, 0)]
}

/** Shows how soon a dead worker is gone from every list, whoever dies. Takes about a minute. */
export async function run({ workers = 10, kills = 60, leaves = 20, seed = freshSeed(), log = () => {} }: KillOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  await using folder = await temporaryFolder()
  await using cast = new Cast(join(folder.path, 'store'))
  for (let index = 0; index < workers; index++) await cast.enter()
  const bars = [
    ...(await killOneByOne(cast, kills, random, log)),
    ...(await killWhileSweeperIsStopped(cast, random)),
    ...(await leaveGracefully(cast, leaves)),
    ...(await stopAndContinue(cast)),
    ...(await killAll(cast)),
  ]
  return { name: 'kill', seed, bars }
}

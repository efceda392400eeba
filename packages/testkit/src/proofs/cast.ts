import { setTimeout as delay } from 'node:timers/promises'

import type { Worker } from '@muster/servicegroup'

import { bootTime } from '../boot-clock.js'
import { eventually } from '../eventually.js'
import { RemoteProcess } from '../remote-process.js'
import { within } from '../within.js'
import type { ObserverFunctions } from './observer-process.js'
import { exactly, fasterThan } from './proof.js'
import type { Bar } from './proof.js'
import type { WorkerFunctions } from './worker-process.js'

export type WorkerProcess = RemoteProcess<WorkerFunctions>

const leftWithinMs = 100
const backWithinMs = 2000
const patienceMs = 20_000

/** The processes of a proof: workers, and one observer that watches and serves them. */
export class Cast implements AsyncDisposable {
  readonly backend: string
  readonly workers: WorkerProcess[] = []
  #observer: RemoteProcess<ObserverFunctions>

  constructor(backend: string) {
    this.backend = backend
    this.#observer = this.#startObserver()
  }

  get observer(): RemoteProcess<ObserverFunctions> {
    return this.#observer
  }

  /** Starts a worker; resolves when it is listed. */
  async enter(backend = this.backend): Promise<WorkerProcess> {
    const worker: WorkerProcess = new RemoteProcess(new URL('./worker-process.js', import.meta.url), [backend])
    this.workers.push(worker)
    await worker.call('join', { group: 'vitrage', name: `worker ${worker.pid}` })
    await this.#observer.call('listed', worker.pid)
    return worker
  }

  /** Kills the observer and starts another one. Resolves when it serves. */
  async replaceObserver(): Promise<void> {
    await this.#observer.kill()
    this.#observer = this.#startObserver()
    await this.#observer.call('url')
  }

  remove(worker: WorkerProcess): void {
    this.workers.splice(this.workers.indexOf(worker), 1)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#observer, ...this.workers].map((process) => process[Symbol.asyncDispose]()))
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
async function unlistedByHttp(url: string, pid: number, everyMs: number): Promise<number> {
  for (;;) {
    const workers = await listedByHttp(url)
    if (!workers.some((worker) => worker.process === pid)) return bootTime()
    await delay(everyMs)
  }
}

/** How long after its death a worker was still shown, ms. */
export interface Afterlife {
  readonly watch: number
  readonly http: number
}

/** Kills a worker and measures until the watch and the HTTP list, asked every `everyMs`, are without it. */
export async function killAndMeasure(cast: Cast, worker: WorkerProcess, everyMs = 2): Promise<Afterlife> {
  cast.remove(worker)
  const url = await cast.observer.call('url')
  const killedAt = bootTime()
  worker.process.signal('SIGKILL')
  const [watch, http] = await Promise.all([
    cast.observer.call('unlisted', worker.pid),
    within(unlistedByHttp(url, worker.pid, everyMs), patienceMs, 'the HTTP list without the worker'),
  ])
  return { watch: watch - killedAt, http: http - killedAt }
}

export async function leaveGracefully(cast: Cast, leaves: number): Promise<Bar[]> {
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

/** A worker that is stopped is gone by its lease, and comes back by itself when it goes on. */
export async function stopAndContinue(cast: Cast, backend: string, leaseMs: number, graceMs: number): Promise<Bar[]> {
  const worker = await cast.enter(backend)
  const stoppedAt = bootTime()
  worker.process.signal('SIGSTOP')
  const goneAt = await cast.observer.call('unlisted', worker.pid)
  const continuedAt = bootTime()
  worker.process.signal('SIGCONT')
  const backAt = await cast.observer.call('listed', worker.pid)
  const url = await cast.observer.call('url')
  const { incarnation } = await eventually(async () => {
    const row = (await listedByHttp(url)).find((candidate) => candidate.process === worker.pid)
    if (!row) throw new Error(`process ${worker.pid} is in the watch, and not in the HTTP list`)
    return row
  })
  return [
    fasterThan(`worker SIGSTOPped: gone by its lease of ${leaseMs} ms`, [goneAt - stoppedAt], 'max', leaseMs + graceMs),
    fasterThan('after SIGCONT: back in the watch', [backAt - continuedAt], 'max', backWithinMs),
    exactly('its incarnation', incarnation ?? NaN, 2),
  ]
}

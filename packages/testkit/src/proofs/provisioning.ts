import { join as joinPath } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { openProvisioning } from '@muster/provisioning'
import type { ClusterHandle, EventRow } from '@muster/provisioning'

import { startPostgresql } from '../postgresql/server.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import { spawnNode } from '../spawn-node.js'
import type { NodeProcess } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import { within } from '../within.js'
import { atLeast, exactly } from './proof.js'
import type { Bar, ProofOptions, ProofResult } from './proof.js'
import { doubledEvents, hasFailed, instanceName, lostReports } from './reports.js'

const databaseNames = ['sqlite', 'postgresql'] as const
type DatabaseName = (typeof databaseNames)[number]

export interface ProvisioningProofOptions extends ProofOptions {
  /** Default: one after the other. */
  readonly on?: readonly DatabaseName[]
  /** Processes that report to one step at once. Default 100. */
  readonly reporters?: number
  /** Of each of them. Default 1000. */
  readonly events?: number
  /** SIGKILLs of reporters, at least. Default 100. */
  readonly kills?: number
}

type Load = Required<Pick<ProvisioningProofOptions, 'reporters' | 'events' | 'kills'>>

const program = fileURLToPath(new URL('./reporter-process.js', import.meta.url))
const killedWithin = 0.75 // of all reports: whoever is killed late has reports left
const lookEveryMs = 10
const patienceMs = 1_800_000

/** One reporter, started again whenever it is killed, from the first that is not acknowledged. Resolves when all of its reports are. */
class Reporter {
  readonly acknowledged = new Set<number>()
  unrecorded = 0
  again = 0
  kills = 0
  isOver = false
  #process: NodeProcess | undefined

  constructor(readonly name: string, readonly events: number) {}

  async run(url: string, step: string): Promise<void> {
    while (this.acknowledged.size < this.events) {
      let from = 0
      while (this.acknowledged.has(from)) from += 1
      await using running = spawnNode(program, [url, step, this.name, String(from), String(this.events)])
      this.#process = running
      const { code, signal } = await running.exited
      this.#process = undefined
      for (const line of running.stdout.split('\n').slice(0, -1)) {
        if (line === 'not recorded') this.unrecorded += 1
        else if (line === 'again') this.again += 1
        else this.acknowledged.add(Number(line))
      }
      if (code !== 0 && signal !== 'SIGKILL') throw new Error(`Reporter ${this.name} ended (${code}): ${running.describeOutput()}`)
    }
    this.isOver = true
  }

  get isAtWork(): boolean {
    return this.#process?.stdout.includes('\n') === true
  }

  /** Reports that are acknowledged, those of the process that runs among them. */
  get reported(): number {
    return this.acknowledged.size + (this.#process?.stdout.match(/^\d+$/gm)?.length ?? 0)
  }

  kill(): void {
    this.#process?.signal('SIGKILL')
    this.#process = undefined
    this.kills += 1
  }
}

/** Each kill waits for a number of reports, not for a time: the kills are amidst the work however fast the machine is. */
async function killSome(reporters: readonly Reporter[], kills: number, total: number, random: SeededRandom): Promise<void> {
  const moments = Array.from({ length: kills }, () => random.next() * killedWithin * total).sort((one, other) => one - other)
  for (const moment of moments) {
    while (sum(reporters.map(({ reported }) => reported)) < moment || !reporters.some(({ isAtWork }) => isAtWork)) {
      if (reporters.every(({ isOver }) => isOver)) return
      await delay(lookEveryMs)
    }
    random.pick(reporters.filter(({ isAtWork }) => isAtWork)).kill()
  }
}

async function eventsOf(cluster: ClusterHandle): Promise<EventRow[]> {
  const all: EventRow[] = []
  for (let after: string | undefined; ; ) {
    const { events, next } = await cluster.events({ limit: 1000, after })
    all.push(...events)
    if (next === null) return all
    after = next
  }
}

async function reportAndCheck(url: string, { reporters: count, events, kills }: Load, random: SeededRandom, log: (line: string) => void): Promise<Bar[]> {
  await using provisioning = await openProvisioning(url, { eraseEveryMs: 0 })
  const cluster = await provisioning.createCluster({ name: 'proof' })
  const total = count * events
  const step = await cluster.step({ name: 'Launching instances', type: 'creating', total })
  const reporters = Array.from({ length: count }, (_, index) => new Reporter(`r${index}`, events))
  const begun = performance.now()
  const all = Promise.all(reporters.map((reporter) => reporter.run(url, step.id ?? '')))
  await within(Promise.all([all, killSome(reporters, kills, total, random)]), patienceMs, 'the end of all reporters')
  log(`${total} events in ${Math.round((performance.now() - begun) / 1000)} s; ${sum(reporters.map(({ again }) => again))} times others had kept the database for too long, and it was done again`)
  const [found, row] = [await eventsOf(cluster), await step.show()]
  const failures = count * Array.from({ length: events }, (_, number) => number).filter(hasFailed).length
  for (const { name } of reporters) await Promise.all(Array.from({ length: events }, (_, number) => number).filter(hasFailed).map((number) => step.ok({ instance: instanceName(name, number) })))
  const mended = await step.show()
  return [
    atLeast(`SIGKILLs of ${count} processes that report`, sum(reporters.map((reporter) => reporter.kills)), kills),
    exactly('reports acknowledged', sum(reporters.map(({ acknowledged }) => acknowledged.size)), total),
    exactly('reports that were not recorded', sum(reporters.map(({ unrecorded }) => unrecorded)), 0),
    exactly('acknowledged reports that are lost', lostReports(new Map(reporters.map(({ name, acknowledged }) => [name, acknowledged])), found), 0),
    exactly('events that are there twice', doubledEvents(found), 0),
    exactly('instances that the step counts as completed', row?.completed ?? NaN, total - failures),
    exactly('instances that the step counts as failed', row?.failed ?? NaN, failures),
    exactly('completed when the failed ones are mended', mended?.state === 'done' ? mended.completed : NaN, total),
  ]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

async function onFresh(name: DatabaseName, show: (url: string) => Promise<Bar[]>): Promise<Bar[]> {
  if (name === 'sqlite') {
    await using folder = await temporaryFolder()
    return await show(`sqlite:${joinPath(folder.path, 'history.db')}`)
  }
  await using server = await startPostgresql({ settings: { max_connections: 500 } }) // each reporter has a few
  return await show(await server.createDatabase())
}

/** Shows that what many processes report to one step is counted exactly, whenever they die. Takes some minutes. */
export async function run({ on = databaseNames, reporters = 100, events = 1000, kills = 100, seed = freshSeed(), log = () => {} }: ProvisioningProofOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  const bars: Bar[] = []
  for (const name of on) for (const bar of await onFresh(name, (url) => reportAndCheck(url, { reporters, events, kills }, random, (line) => log(`${name}: ${line}`)))) bars.push({ ...bar, what: `${name}: ${bar.what}` })
  return { name: 'provisioning', seed, bars }
}

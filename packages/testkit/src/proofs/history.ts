import { join as joinPath } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { join, openServiceGroup } from '@muster/servicegroup'

import { eventually } from '../eventually.js'
import { Keeper } from '../history/keeper.js'
import { RemoteProcess } from '../remote-process.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { AdminWriterFunctions } from './admin-writer-process.js'
import { backendNames, onEach } from './backends.js'
import type { BackendName } from './backends.js'
import { brokenChains, brokenLives, brokenNumbers, notOnce, staleServices, wrongCauses } from './history-judges.js'
import type { Ended } from './history-judges.js'
import type { HistoryKeeperFunctions } from './history-keeper-process.js'
import { atLeast, exactly } from './proof.js'
import type { Bar, ProofOptions, ProofResult } from './proof.js'
import type { WorkerFunctions } from './worker-process.js'

export interface HistoryOptions extends ProofOptions {
  /** Default: one after the other. */
  readonly on?: readonly BackendName[]
  /** How often one that keeps the history is killed, at least. Default 200. */
  readonly kills?: number
  /** Changes by administrators that are acknowledged, at least. Default 10,000. */
  readonly changes?: number
  /** Workers that come and leave, and processes that are killed with theirs. Default 1900 and 100. */
  readonly leavers?: number
  readonly killed?: number
}

type Load = Required<Pick<HistoryOptions, 'kills' | 'changes' | 'leavers' | 'killed'>>

const services = 5
const writers = 4
const [shortestLifeMs, longestLifeMs] = [300, 1500]
const patienceMs = 120_000

/** Two that keep the history, of which one is killed now and then, until that has happened often enough and `busy` is over. */
async function killKeepers(backend: string, database: string, kills: number, busy: Promise<unknown>, random: SeededRandom): Promise<number> {
  const start = (): RemoteProcess<HistoryKeeperFunctions> => new RemoteProcess(new URL('./history-keeper-process.js', import.meta.url), [backend, database])
  const keepers = [start(), start()]
  const over = { busy: true }
  void busy.finally(() => (over.busy = false)).catch(() => undefined)
  let count = 0
  while (over.busy || count < kills) {
    await delay(shortestLifeMs + random.next() * (longestLifeMs - shortestLifeMs))
    const index = random.below(2)
    await keepers[index]?.kill()
    keepers[index] = start()
    count += 1
  }
  for (const keeper of keepers) await keeper.kill()
  return count
}

/** Changes services from several processes; resolves to the reasons that were acknowledged. */
async function change(backend: string, uuids: readonly string[], least: number, random: SeededRandom): Promise<string[]> {
  const processes = Array.from({ length: writers }, (_, index) => new RemoteProcess<AdminWriterFunctions>(new URL('./admin-writer-process.js', import.meta.url), [backend, `w${index}`, String(random.below(2 ** 31)), ...uuids]))
  await Promise.all(processes.map((process) => process.call('ready')))
  for (const process of processes) process.call('change').catch(() => undefined) // it is killed, not answered
  const last = Math.ceil(least / writers) - 1
  await Promise.all(
    processes.map(async (process, index) => {
      await process.process.line(new RegExp(`^w${index}-${last}$`), { timeoutMs: 900_000 })
      await process.kill()
    }),
  )
  return processes.flatMap(({ process }) => process.stdout.split('\n').slice(0, -1))
}

/** Workers that come, are told, and end. `reader` only reads the log. */
async function comeAndGo(backend: string, reader: Keeper['log'], { leavers, killed }: Pick<Load, 'leavers' | 'killed'>): Promise<Ended[]> {
  const ended: Ended[] = []
  const told = (memberId: string, host: string): Promise<void> =>
    eventually(async () => {
      const { changes } = await reader.read({ kind: 'worker.joined', host }, { limit: 1000 })
      if (!changes.some((change) => change.memberId === memberId)) throw new Error(`the join of ${memberId} is not told yet`)
    }, { timeoutMs: patienceMs, everyMs: 100 })
  const leave = async (index: number): Promise<void> => {
    const membership = await join({ backend, group: 'g', name: `leaver worker(${index})`, hostname: `l${index % 50}` })
    await told(membership.worker.memberId, `l${index % 50}`)
    await membership.leave()
    ended.push({ memberId: membership.worker.memberId, how: 'left' })
  }
  const die = async (index: number): Promise<void> => {
    await using worker = new RemoteProcess<WorkerFunctions>(new URL('./worker-process.js', import.meta.url), [backend])
    const { memberId } = await worker.call('join', { group: 'g', name: `mortal worker(${index})`, hostname: `k${index}` })
    await told(memberId, `k${index}`)
    await worker.kill()
    ended.push({ memberId, how: 'killed' })
  }
  await Promise.all([inTurns(leavers, 20, leave), inTurns(killed, 2, die)])
  return ended
}

/** Does `count` things, so many at once. */
async function inTurns(count: number, atOnce: number, act: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await act(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

async function keepAndCheck(backend: string, load: Load, random: SeededRandom, log: (line: string) => void): Promise<Bar[]> {
  await using folder = await temporaryFolder()
  const database = `sqlite:${joinPath(folder.path, 'history.db')}`
  const url = `${backend}${backend.includes('?') ? '&' : '?'}timeout=2s`
  const uuids: string[] = []
  for (let index = 0; index < services; index += 1) {
    const membership = await join({ backend: url, group: 'g', name: `service-${index}`, hostname: 'h' })
    uuids.push(membership.worker.uuid ?? '')
    await membership.leave()
  }
  await using reader = await Keeper.open(url, database)
  await eventually(async () => {
    if ((await reader.all()).length < services) throw new Error('not told yet')
  }, { timeoutMs: patienceMs })
  await reader.observer.close()
  const changing = change(url, uuids, load.changes, random)
  const living = comeAndGo(url, reader.log, load)
  const kills = await killKeepers(url, database, load.kills, Promise.all([changing, living]), random)
  const [acknowledged, ended] = await Promise.all([changing, living])
  log(`${kills} kills, ${acknowledged.length} changes, ${ended.length} workers`)
  await using last = await Keeper.open(url, database)
  const group = await openServiceGroup(url)
  const changes = await eventually(async () => {
    const drained = await (await group.changeSource()).drain()
    const all = await last.all()
    if (drained.entries.length > 0 || brokenLives(ended, all) > 0) throw new Error(`${drained.entries.length} changes wait, ${brokenLives(ended, all)} lives are not told`)
    return all
  }, { timeoutMs: 30_000, everyMs: 200 }).catch(() => last.all())
  const { services: there } = await group.getMany({}, { consistent: true })
  await group.close()
  return [
    atLeast('SIGKILLs of those who keep the history', kills, load.kills),
    atLeast(`changes acknowledged to ${writers} processes`, acknowledged.length, load.changes),
    exactly('workers that came and went', ended.length, load.leavers + load.killed),
    exactly('numbers of the log that are missing or come twice', brokenNumbers(changes), 0),
    exactly('acknowledged changes that are not told once', notOnce(acknowledged, changes), 0),
    exactly('changes of services that do not begin where the one before ended', brokenChains(changes), 0),
    exactly('workers whose coming and going are not told once each', brokenLives(ended, changes), 0),
    exactly('ends of workers told with a cause that they did not have', wrongCauses(ended, changes), 0),
    exactly('services that the log shows otherwise than they are', staleServices(there, changes), 0),
  ]
}

/** Shows that the log tells everything exactly once and in order, whenever those who keep it die. Takes some minutes. */
export async function run({ on = backendNames, kills = 200, changes = 10_000, leavers = 1900, killed = 100, seed = freshSeed(), log = () => {} }: HistoryOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  const bars = await onEach(on, (backend) => keepAndCheck(backend, { kills, changes, leavers, killed }, random, log))
  return { name: 'history', seed, bars }
}

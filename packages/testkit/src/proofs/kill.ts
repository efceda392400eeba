import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { eventually } from '../eventually.js'
import { openRawStore } from '../raw-store.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import { spawnNode } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import { within } from '../within.js'
import { Cast, killAndMeasure, leaveGracefully, stopAndContinue } from './cast.js'
import type { Afterlife, WorkerProcess } from './cast.js'
import { atLeast, exactly, fasterThan } from './proof.js'
import type { Bar, ProofOptions, ProofResult } from './proof.js'

export interface KillOptions extends ProofOptions {
  /** Workers that live at the same time. Default 10. */
  readonly workers?: number
  /** Default 60. */
  readonly kills?: number
  /** Graceful leaves. Default 20. */
  readonly leaves?: number
}

const goneWithinMs = 500
const goneWithStoppedSweeperMs = 1500
const shortLeaseMs = 2000
const patienceMs = 20_000

/** An embedded store and those who use it. */
interface Scene {
  readonly folder: string
  readonly cast: Cast
}

/** The worker that sweeps for all now. An observer that does is replaced, so that one of the workers has to. */
function findSweeper({ folder, cast }: Scene): Promise<WorkerProcess> {
  return eventually(async () => {
    const database = await openRawStore(join(folder, 'store.db'))
    const pid = await database.read((sql) => sql.get<{ pid: number }>('SELECT pid FROM sweeper')?.pid, { timeoutMs: 1000 }).finally(() => {
      database.close()
    })
    if (pid === cast.observer.pid) await cast.replaceObserver()
    const worker = cast.workers.find((candidate) => candidate.pid === pid)
    if (!worker) throw new Error(`the sweeper is process ${pid ?? 'none'}`)
    return worker
  })
}

async function killOneByOne(scene: Scene, kills: number, random: SeededRandom, log: (line: string) => void): Promise<Bar[]> {
  const { cast } = scene
  const times: Afterlife[] = []
  let sweepers = 0
  for (let kill = 0; kill < kills; kill++) {
    const sweeper = await findSweeper(scene)
    const target = kill % 3 === 0 ? sweeper : random.pick(cast.workers)
    if (target === sweeper) sweepers += 1
    await delay(random.below(250)) // any phase of the sweeps
    times.push(await killAndMeasure(cast, target))
    await cast.enter()
    if ((kill + 1) % 10 === 0) log(`${kill + 1} of ${kills} killed`)
  }
  return [
    fasterThan('worker SIGKILLed: gone from the watch', times.map(({ watch }) => watch), 'p99', goneWithinMs),
    fasterThan('worker SIGKILLed: gone from GET /v1/service', times.map(({ http }) => http), 'p99', goneWithinMs),
    atLeast('sweepers among them', sweepers, Math.floor(kills / 4)),
  ]
}

async function killWhileSweeperIsStopped(scene: Scene, random: SeededRandom): Promise<Bar[]> {
  const { cast } = scene
  const sweeper = await findSweeper(scene)
  sweeper.process.signal('SIGSTOP')
  const time = await killAndMeasure(cast, random.pick(cast.workers.filter((worker) => worker !== sweeper)))
  sweeper.process.signal('SIGCONT')
  await cast.enter()
  return [fasterThan('worker SIGKILLed while the sweeper is stopped: gone from the watch and from HTTP', [time.watch, time.http], 'max', goneWithStoppedSweeperMs)]
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
  await using temporary = await temporaryFolder()
  const folder = join(temporary.path, 'store')
  await using cast = new Cast(`embedded:${folder}`)
  for (let index = 0; index < workers; index++) await cast.enter()
  const bars = [
    ...(await killOneByOne({ folder, cast }, kills, random, log)),
    ...(await killWhileSweeperIsStopped({ folder, cast }, random)),
    ...(await leaveGracefully(cast, leaves)),
    ...(await stopAndContinue(cast, `${cast.backend}?timeout=${shortLeaseMs}ms`, shortLeaseMs, goneWithinMs)),
    ...(await killAll(cast)),
  ]
  return { name: 'kill', seed, bars }
}

import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { openSession } from '@muster/coordination/internal'

import { openRawStore } from '../raw-store.js'
import { RemoteProcess } from '../remote-process.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import { temporaryFolder } from '../temporary-folder.js'
import { atLeast, exactly, fasterThan } from './proof.js'
import type { ProofOptions, ProofResult } from './proof.js'
import type { WriterFunctions } from './writer-process.js'

export interface CrashOptions extends ProofOptions {
  /** Times that all writers are killed. Default 300. */
  readonly rounds?: number
  /** Processes that write at the same time. Default 4. */
  readonly writers?: number
}

const killedWithinMs = 30
const openWithinMs = 1000
const roundsPerCheck = 10

/** What one round left in the store, compared with what its writers were told is stored. */
interface Found {
  acknowledged: number
  lost: number
  torn: number
  alive: number
  openMs: number
}

/** Lets the writers write and kills each at a moment of its own. Resolves to the last number each was told is stored. */
async function writeAndCrash(backend: string, collection: string, writers: number, random: SeededRandom): Promise<Map<string, number>> {
  const processes = Array.from({ length: writers }, (_, index) => ({
    name: `w${index}`,
    process: new RemoteProcess<WriterFunctions>(new URL('./writer-process.js', import.meta.url), [backend, collection, `w${index}`]),
  }))
  await Promise.all(processes.map(({ process }) => process.call('ready')))
  for (const { process } of processes) process.call('write').catch(() => undefined) // it is killed, not answered
  await Promise.all(processes.map(({ process }) => process.process.line(/^\d+$/)))
  await Promise.all(
    processes.map(async ({ process }) => {
      await delay(random.next() * killedWithinMs)
      await process.kill()
    }),
  )
  // Acknowledgements come in order and each after the one before, so the last whole line stands for all.
  return new Map(processes.map(({ name, process }) => [name, process.process.stdout.split('\n').slice(0, -1).length]))
}

async function inspect(backend: string, collection: string, acknowledged: ReadonlyMap<string, number>): Promise<Found> {
  const begun = performance.now()
  const session = await openSession(backend)
  const { entries } = await session.list(collection)
  const openMs = performance.now() - begun
  const keys = new Set(entries.map(({ key }) => key))
  const found: Found = { acknowledged: 0, lost: 0, torn: 0, alive: await session.count('election/alive'), openMs }
  await session.close()
  for (const [name, count] of acknowledged) {
    found.acknowledged += count
    for (let number = 0; number < count; number++) if (!keys.has(`${name}-${number}-first`)) found.lost += 1
  }
  for (const key of keys) if (!keys.has(key.replace(/first$|second$/, (half) => (half === 'first' ? 'second' : 'first')))) found.torn += 1
  return found
}

async function damageOf(file: string): Promise<string[]> {
  const database = await openRawStore(file)
  try {
    const rows = await database.read((sql) => sql.all<{ integrity_check: string }>('PRAGMA integrity_check'), { timeoutMs: 5000 })
    return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok')
  } finally {
    database.close()
  }
}

/** Shows that what a writer was told is stored stays stored, whenever it dies. Takes some five minutes. */
export async function run({ rounds = 300, writers = 4, seed = freshSeed(), log = () => {} }: CrashOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  await using folder = await temporaryFolder()
  const backend = `embedded:${folder.path}`
  const perRound: Found[] = []
  const told: { collection: string; acknowledged: Map<string, number> }[] = []
  let damaged = 0
  for (let round = 1; round <= rounds; round++) {
    const collection = `election/round-${round}`
    const acknowledged = await writeAndCrash(backend, collection, writers, random)
    perRound.push(await inspect(backend, collection, acknowledged))
    told.push({ collection, acknowledged })
    if (round % roundsPerCheck === 0 || round === rounds) {
      damaged += (await damageOf(join(folder.path, 'store.db'))).length
      log(`${round} of ${rounds} rounds`)
    }
  }
  let lostLater = 0
  for (const { collection, acknowledged } of told) lostLater += (await inspect(backend, collection, acknowledged)).lost
  const sum = (field: keyof Found): number => perRound.reduce((total, found) => total + found[field], 0)
  return {
    name: 'crash',
    seed,
    bars: [
      atLeast(`commits acknowledged to ${writers} writers in ${rounds} rounds, all killed`, sum('acknowledged'), rounds * writers),
      exactly('acknowledged commits lost', sum('lost'), 0),
      exactly('acknowledged commits lost by the end', lostLater, 0),
      exactly('commits of which one half is there', sum('torn'), 0),
      exactly('entries of dead writers in the first list after', sum('alive'), 0),
      exactly('damages found by integrity_check', damaged, 0),
      fasterThan('next open and list', perRound.map(({ openMs }) => openMs), 'max', openWithinMs),
    ],
  }
}

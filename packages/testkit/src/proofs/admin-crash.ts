import { setTimeout as delay } from 'node:timers/promises'

import type { Op, Session } from '@muster/coordination/internal'
import { openSession } from '@muster/coordination/internal'
import { join } from '@muster/servicegroup'
import { decodeRecord, outboxCollection, readOutbox, recordAddress } from '@muster/servicegroup/internal'
import type { Change } from '@muster/servicegroup/internal'

import { RemoteProcess } from '../remote-process.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import type { AdminWriterFunctions } from './admin-writer-process.js'
import { backendNames, onEach } from './backends.js'
import type { BackendName } from './backends.js'
import { atLeast, exactly } from './proof.js'
import type { Bar, ProofOptions, ProofResult } from './proof.js'

export interface AdminCrashOptions extends ProofOptions {
  /** Default: one after the other. */
  readonly on?: readonly BackendName[]
  /** Times that all writers are killed. Default 25. */
  readonly rounds?: number
  /** Processes that write at the same time. Default 8. */
  readonly writers?: number
  /** Changes acknowledged in each round, at least. Default 400. */
  readonly changesPerRound?: number
}

const services = 5
const killedWithinMs = 40

/** Lets the writers change services until enough is acknowledged, and kills each at a moment of its own. Resolves to the reasons acknowledged. */
async function changeAndCrash(backend: string, round: number, uuids: readonly string[], writers: number, least: number, random: SeededRandom): Promise<string[]> {
  const processes = Array.from({ length: writers }, (_, index) => {
    const args = [backend, `r${round}w${index}`, String(random.below(2 ** 31)), ...uuids]
    return new RemoteProcess<AdminWriterFunctions>(new URL('./admin-writer-process.js', import.meta.url), args)
  })
  await Promise.all(processes.map((process) => process.call('ready')))
  for (const process of processes) process.call('change').catch(() => undefined) // it is killed, not answered
  const last = Math.ceil(least / writers) - 1
  await Promise.all(
    processes.map(async (process, index) => {
      await process.process.line(new RegExp(`^r${round}w${index}-${last}$`), { timeoutMs: 120_000 })
      await delay(random.next() * killedWithinMs)
      await process.kill()
    }),
  )
  return processes.flatMap(({ process }) => process.stdout.split('\n').slice(0, -1)) // the last one may be half a line
}

/** Takes everything out of the outbox, as a history does. */
async function drain(session: Session): Promise<Change[]> {
  const entries = await readOutbox(session)
  for (let begin = 0; begin < entries.length; begin += 100) {
    await session.commit(entries.slice(begin, begin + 100).map(({ key }): Op => ({ op: 'delete', at: { collection: outboxCollection, key } })))
  }
  return entries.map(({ change }) => change)
}

/** How many changes do not begin where the one before of their service ended, and how many records are not what their last change says. */
async function brokenChains(session: Session, changes: readonly Change[], uuids: readonly string[]): Promise<{ gaps: number; records: number }> {
  const last = new Map<string, Change>()
  let gaps = 0
  for (const change of changes) {
    const uuid = (change.after ?? change.before)?.uuid ?? ''
    if (JSON.stringify(change.before) !== JSON.stringify(last.get(uuid)?.after ?? null)) gaps += 1
    last.set(uuid, change)
  }
  let records = 0
  for (const uuid of uuids) {
    const entry = await session.read(recordAddress(uuid), { consistent: true })
    const stored = entry && decodeRecord(entry)
    const change = last.get(uuid)
    if (JSON.stringify(stored?.record) !== JSON.stringify(change?.after) || stored?.changeIds.at(-1) !== change?.id) records += 1
  }
  return { gaps, records }
}

interface Load {
  readonly rounds: number
  readonly writers: number
  readonly changesPerRound: number
}

async function changeAndCheck(backend: string, { rounds, writers, changesPerRound }: Load, random: SeededRandom, log: (line: string) => void): Promise<Bar[]> {
  const uuids: string[] = []
  for (let index = 0; index < services; index += 1) {
    const membership = await join({ backend, group: 'g', name: `service-${index}` })
    uuids.push(membership.worker.uuid ?? '')
    await membership.leave()
  }
  const session = await openSession(backend)
  const [acknowledged, changes]: [string[], Change[]] = [[], []]
  for (let round = 1; round <= rounds; round += 1) {
    acknowledged.push(...(await changeAndCrash(backend, round, uuids, writers, changesPerRound, random)))
    changes.push(...(await drain(session)))
    log(`${round} of ${rounds} rounds, ${acknowledged.length} changes`)
  }
  const told = new Map<string | null, number>()
  for (const { reason } of changes) told.set(reason, (told.get(reason) ?? 0) + 1)
  const { gaps, records } = await brokenChains(session, changes, uuids)
  await session.close()
  return [
    atLeast(`changes acknowledged to ${writers} processes, which were SIGKILLed ${rounds * writers} times`, acknowledged.length, rounds * changesPerRound),
    exactly('acknowledged changes that are not in the outbox', acknowledged.filter((reason) => !told.has(reason)).length, 0),
    exactly('changes that are there more than once', [...told].filter(([reason, count]) => reason !== null && count > 1).length, 0),
    exactly('ids that are there more than once', changes.length - new Set(changes.map(({ id }) => id)).size, 0),
    exactly('changes that do not begin where the one before ended', gaps, 0),
    exactly('records that are not as their last change says', records, 0),
  ]
}

/** Shows that each acknowledged change of a service is told exactly once, whenever its writer dies. Takes some minutes. */
export async function run({ on = backendNames, rounds = 25, writers = 8, changesPerRound = 400, seed = freshSeed(), log = () => {} }: AdminCrashOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  const bars = await onEach(on, (backend) => changeAndCheck(backend, { rounds, writers, changesPerRound }, random, log))
  return { name: 'admin-crash', seed, bars }
}

import { setTimeout as delay } from 'node:timers/promises'

import { isMusterError } from '@muster/common'
import { openSession } from '@muster/coordination/internal'
import type { Session } from '@muster/coordination/internal'
import { join, openServiceGroup } from '@muster/servicegroup'
import type { Membership, ServiceGroup } from '@muster/servicegroup'
import { decodeGate, gateAddress } from '@muster/servicegroup/internal'

import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import { backendNames, onEach } from './backends.js'
import type { BackendName } from './backends.js'
import { atLeast, exactly } from './proof.js'
import type { Bar, ProofOptions, ProofResult } from './proof.js'

export interface JoinOrDeleteOptions extends ProofOptions {
  /** Default: one after the other. */
  readonly on?: readonly BackendName[]
  /** On each of them. Default 1,000. */
  readonly races?: number
}

const racesAtOnce = 4
/** A deletion asks more before it writes. */
const [latestJoinMs, latestDeletionMs] = [25, 6]

interface Outcome {
  readonly end: 'refused' | 'deleted' | 'deleted by force'
  readonly worker: 'has its service' | 'is on the tombstone' | 'has no service, and nothing says so'
}

interface Scene {
  readonly backend: string
  readonly group: ServiceGroup
  readonly session: Session
  readonly random: SeededRandom
}

/** One service without workers: somebody joins it and somebody deletes it at the same time. */
async function race({ backend, group, session, random }: Scene, number: number): Promise<Outcome> {
  const worker = { backend, group: 'g', name: `service-${number}` }
  const force = random.below(2) === 0
  const [joinAfterMs, deleteAfterMs] = [random.next() * latestJoinMs, random.next() * latestDeletionMs]
  const first = await join(worker)
  const uuid = first.worker.uuid ?? ''
  await first.leave()
  const joining = delay(joinAfterMs).then(() => join(worker))
  const deleting = delay(deleteAfterMs).then(() => group.delete(uuid, { force }))
  const [joined, deleted] = await Promise.allSettled([joining, deleting])
  if (joined.status === 'rejected') throw joined.reason
  if (deleted.status === 'rejected' && !isMusterError(deleted.reason, 'service_in_use')) throw deleted.reason
  const outcome: Outcome = { end: deleted.status === 'rejected' ? 'refused' : force ? 'deleted by force' : 'deleted', worker: await whatItHas(group, session, joined.value) }
  await joined.value.leave()
  return outcome
}

async function whatItHas(group: ServiceGroup, session: Session, { worker }: Membership): Promise<Outcome['worker']> {
  const { service } = worker.uuid === null ? { service: undefined } : await group.getOne(worker.uuid, { consistent: true })
  if (service?.state === 'up') return 'has its service'
  const gate = decodeGate(await session.read(gateAddress(worker.type ?? '', worker.hostname ?? ''), { consistent: true }))
  return gate.tombstone.includes(worker.memberId) ? 'is on the tombstone' : 'has no service, and nothing says so'
}

async function raceAll(backend: string, races: number, random: SeededRandom, log: (line: string) => void): Promise<Bar[]> {
  const outcomes: Outcome[] = []
  const [group, session] = [await openServiceGroup(backend), await openSession(backend)]
  while (outcomes.length < races) {
    const numbers = Array.from({ length: Math.min(racesAtOnce, races - outcomes.length) }, (_, index) => outcomes.length + index)
    outcomes.push(...(await Promise.all(numbers.map((number) => race({ backend, group, session, random }, number)))))
    if (outcomes.length % 100 === 0) log(`${outcomes.length} of ${races} races`)
  }
  await Promise.all([group.close(), session.close()])
  const count = (end: Outcome['end'], worker: Outcome['worker']): number => outcomes.filter((outcome) => outcome.end === end && outcome.worker === worker).length
  const happened = (what: string, times: number): Bar => ({ ...atLeast(what, times, 1), timed: true })
  return [
    exactly('races of a join and a deletion', outcomes.length, races),
    happened('the join came first: the deletion was refused', count('refused', 'has its service')),
    happened('the deletion came first: the worker has a new service', count('deleted', 'has its service')),
    happened('the join came first, the deletion was forced: the worker is on the tombstone', count('deleted by force', 'is on the tombstone')),
    exactly('live workers without a service of which nothing says so', outcomes.filter(({ worker }) => worker === 'has no service, and nothing says so').length, 0),
    exactly('workers on the tombstone though nobody has forced anything', count('deleted', 'is on the tombstone') + count('refused', 'is on the tombstone'), 0),
  ]
}

/** Shows that a join and a deletion at the same time never leave a live worker without a service. Takes some minutes. */
export async function run({ on = backendNames, races = 1000, seed = freshSeed(), log = () => {} }: JoinOrDeleteOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  const bars = await onEach(on, (backend) => raceAll(backend, races, random, log))
  return { name: 'join-or-delete', seed, bars }
}

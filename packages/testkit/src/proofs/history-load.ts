import { join } from '@muster/servicegroup'

import { RemoteProcess } from '../remote-process.js'
import type { SeededRandom } from '../seeded-random.js'
import type { AdminWriterFunctions } from './admin-writer-process.js'
import type { HistoryFollower } from './history-follower.js'
import type { Ended } from './history-judges.js'
import { inTurns } from './pace.js'
import type { Pace } from './pace.js'
import type { WorkerFunctions } from './worker-process.js'

export const writers = 4
const services = 5
const parts = 400

/** Registers the services that administrators change. Resolves to their uuids. */
export async function registerServices(backend: string): Promise<string[]> {
  const uuids: string[] = []
  for (let index = 0; index < services; index += 1) {
    const membership = await join({ backend, group: 'g', name: `service-${index}`, hostname: 'h' })
    uuids.push(membership.worker.uuid ?? '')
    await membership.leave()
  }
  return uuids
}

/** Changes services from several processes, so many changes in all or a few more. Resolves to the reasons that were acknowledged. */
export async function change(backend: string, uuids: readonly string[], count: number, pace: Pace, random: SeededRandom): Promise<string[]> {
  const seeds = Array.from({ length: writers }, () => random.below(2 ** 31))
  const each = Math.ceil(count / writers)
  const write = async (seed: number, index: number): Promise<string[]> => {
    await using writer = new RemoteProcess<AdminWriterFunctions>(new URL('./admin-writer-process.js', import.meta.url), [backend, `w${index}`, String(seed), ...uuids])
    for (let part = 0; part < parts; part += 1) {
      await pace.reached(part / parts)
      await writer.call('changeSome', Math.floor((each * (part + 1)) / parts) - Math.floor((each * part) / parts))
    }
    await writer.kill()
    return writer.process.stdout.split('\n').slice(0, -1)
  }
  return (await Promise.all(seeds.map(write))).flat()
}

/** Workers that come, are told, and end: so many that leave, and so many that die with their process. */
export async function comeAndGo(backend: string, reader: HistoryFollower, { leavers, killed }: { leavers: number; killed: number }, pace: Pace): Promise<Ended[]> {
  const ended: Ended[] = []
  const leave = async (index: number): Promise<void> => {
    await pace.reached(index / leavers)
    const membership = await join({ backend, group: 'g', name: `leaver worker(${index})`, hostname: `l${index % 50}` })
    await reader.joined(membership.worker.memberId)
    await membership.leave()
    ended.push({ memberId: membership.worker.memberId, how: 'left' })
  }
  const die = async (index: number): Promise<void> => {
    await pace.reached(index / killed)
    await using worker = new RemoteProcess<WorkerFunctions>(new URL('./worker-process.js', import.meta.url), [backend])
    const { memberId } = await worker.call('join', { group: 'g', name: `mortal worker(${index})`, hostname: `k${index}` })
    await reader.joined(memberId)
    await worker.kill()
    ended.push({ memberId, how: 'killed' })
  }
  await Promise.all([inTurns(leavers, 20, leave), inTurns(killed, 2, die)])
  return ended
}

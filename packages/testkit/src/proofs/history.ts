import { join as joinPath } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { messageOf } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'

import { readAll } from '../history/keeper.js'
import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import { temporaryFolder } from '../temporary-folder.js'
import { backendNames, onEachWithHistory } from './backends.js'
import type { BackendName } from './backends.js'
import { HistoryFollower } from './history-follower.js'
import { brokenChains, brokenLives, brokenNumbers, brokenSteps, notAcknowledged, notOnce, overtaken, repeatedIds, staleServices, strangers, unknownDeaths, unlike, wrongAuthors, wrongCauses } from './history-judges.js'
import type { Ended } from './history-judges.js'
import { change, comeAndGo, registerServices, writers } from './history-load.js'
import { HistoryServers } from './history-servers.js'
import { NotingSink } from './history-sink.js'
import { Pace } from './pace.js'
import { atLeast, atMost, exactly } from './proof.js'
import type { Bar, ProofOptions, ProofResult } from './proof.js'

export interface HistoryOptions extends ProofOptions {
  /** Default: one after the other. */
  readonly on?: readonly BackendName[] | undefined
  /** How often an API server is killed. Default 200. */
  readonly kills?: number
  /** Changes by administrators that are acknowledged, at least. Default 10,000. */
  readonly changes?: number
  /** Workers that come and leave, and processes that are killed with theirs. Default 1900 and 100. */
  readonly leavers?: number
  readonly killed?: number
}

type Load = Required<Pick<HistoryOptions, 'kills' | 'changes' | 'leavers' | 'killed'>>

const patienceMs = 120_000
const tellEveryMs = 10_000

/** Resolves when all is told that is to be told, or nothing more has been for long: a sink may lag behind, it must not stand still. */
async function calm(group: ServiceGroup, reader: HistoryFollower, sink: NotingSink, ended: readonly Ended[], log: (line: string) => void): Promise<void> {
  const source = await group.changeSource()
  let [least, since, said] = [Infinity, performance.now(), 0]
  for (;;) {
    const [{ entries }, lives, last, { seq: place = 0, retry }] = [await source.drain(), brokenLives(ended, reader.changes), reader.changes.at(-1)?.seq ?? 0, await sink.progress()]
    const missing = entries.length + lives + last - place
    if (missing === 0) return
    const now = performance.now()
    if (missing < least) [least, since] = [missing, now]
    if (now - said > tellEveryMs) {
      log(`${entries.length} changes wait, ${lives} lives are not told, the sink has ${place} of ${last}${retry ? `, ${retry.attempts} attempts have failed: ${retry.failure}` : ''}`)
      said = now
    }
    if (now - since > patienceMs) return
    await delay(200)
  }
}

async function keepAndCheck(group: ServiceGroup, backend: string, database: string, load: Load, random: SeededRandom, log: (line: string) => void): Promise<Bar[]> {
  await using folder = await temporaryFolder()
  const uuids = await registerServices(backend)
  await using servers = new HistoryServers(`${backend}?timeout=2s`, database)
  await using reader = await HistoryFollower.open(database)
  await using sink = await NotingSink.open(group, reader.log, joinPath(folder.path, 'acknowledged'))
  const pace = new Pace()
  const all = [servers.killOneByOne(load.kills, pace, random, log), change(backend, uuids, load.changes, pace, random), comeAndGo(backend, reader, load, pace)] as const
  const [{ kills, ofHolders, handOvers }, acknowledged, ended] = await Promise.all(all).catch((cause: unknown) => {
    throw new Error(`${messageOf(cause)}; the servers wrote ${servers.describeOutput()}`, { cause })
  })
  log(`${kills} kills, ${acknowledged.length} changes, ${ended.length} workers`)
  await calm(group, reader, sink, ended, log)
  const [changes, told] = [await readAll(reader.log), await sink.acknowledged()]
  const { services } = await group.getMany({}, { consistent: true })
  return [
    atLeast('SIGKILLs of API servers', kills, load.kills),
    atLeast('of those, of the one that kept the history', ofHolders, load.kills / 2),
    atLeast('times that another was seen to keep it then', handOvers, load.kills / 2),
    atLeast(`changes acknowledged to ${writers} processes`, acknowledged.length, load.changes),
    exactly('workers that came, and left or died', ended.length, load.leavers + load.killed),
    exactly('numbers of the log that are missing or come twice', brokenNumbers(changes), 0),
    exactly('ids of changes that come twice', repeatedIds(changes), 0),
    exactly('changes that one who follows by number was told otherwise, twice or not', unlike(changes, reader.changes), 0),
    exactly('acknowledged changes that are not told once', notOnce(acknowledged, changes), 0),
    exactly('acknowledged changes told as those of another', wrongAuthors(acknowledged, changes), 0),
    exactly('changes of services that do not begin where the one before ended', brokenChains(changes), 0),
    exactly('acknowledged changes that are told to have done what they did not, as out of order', brokenSteps(acknowledged, changes), 0),
    exactly('workers whose coming and going are not told once each', brokenLives(ended, changes), 0),
    exactly('workers told with a cause that they did not have', wrongCauses(ended, changes), 0),
    { ...atMost('deaths told as unknown: nobody watched', unknownDeaths(ended, changes), load.killed / 2), timed: true },
    exactly('services that the log shows otherwise than they are', staleServices(services, changes), 0),
    exactly(`notifications that the sink has not acknowledged, of ${told.length} that it has`, notAcknowledged(changes, told, sink.after), 0),
    exactly('notifications that the sink has and the log does not know', strangers(changes, told), 0),
    exactly('notifications that came to the sink after a later one', overtaken(told), 0),
  ]
}

/** Shows that the log tells everything exactly once and in order, and a webhook at least once, whenever the API servers die. Takes a quarter of an hour on each backend. */
export async function run({ on = backendNames, kills = 200, changes = 10_000, leavers = 1900, killed = 100, seed = freshSeed(), log = () => {} }: HistoryOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  const bars = await onEachWithHistory(on, async (backend, database) => {
    const group = await openServiceGroup(backend)
    const shown = keepAndCheck(group, backend, database, { kills, changes, leavers, killed }, random, log)
    return await shown.finally(() => group.close())
  })
  return { name: 'history', seed, bars }
}

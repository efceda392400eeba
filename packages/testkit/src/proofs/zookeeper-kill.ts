import { setTimeout as delay } from 'node:timers/promises'

import { freshSeed, seededRandom } from '../seeded-random.js'
import type { SeededRandom } from '../seeded-random.js'
import { startZooKeeper } from '../zookeeper/server.js'
import { Cast, killAndMeasure, leaveGracefully, stopAndContinue } from './cast.js'
import type { Afterlife } from './cast.js'
import type { KillOptions } from './kill.js'
import { fasterThan, notBefore } from './proof.js'
import type { Bar, ProofResult } from './proof.js'

export interface ZooKeeperKillOptions extends KillOptions {
  /** Session timeout of the workers. Default 4000. */
  readonly timeoutMs?: number
}

const tickTimeMs = 500
/** What the news may take beyond what the server waits. */
const graceMs = tickTimeMs + 200
const httpEveryMs = 20

/** Kills half of the workers at a time, each at a moment of its own. */
async function killInBatches(cast: Cast, kills: number, timeoutMs: number, random: SeededRandom, log: (line: string) => void): Promise<Bar[]> {
  const workers = cast.workers.length
  const times: Afterlife[] = []
  while (times.length < kills) {
    const targets = cast.workers.slice(0, Math.min(kills - times.length, Math.ceil(cast.workers.length / 2)))
    const deaths = targets.map(async (target) => {
      await delay(random.below(timeoutMs / 3)) // any moment between two signs of life
      return killAndMeasure(cast, target, httpEveryMs)
    })
    times.push(...(await Promise.all(deaths)))
    while (cast.workers.length < workers) await cast.enter()
    log(`${times.length} of ${kills} killed`)
  }
  const [watch, http] = [times.map((time) => time.watch), times.map((time) => time.http)]
  return [
    fasterThan('worker SIGKILLed: gone from the watch', watch, 'max', timeoutMs + graceMs),
    fasterThan('worker SIGKILLed: gone from GET /v1/service', http, 'max', timeoutMs + graceMs + httpEveryMs),
    notBefore('and not sooner than 2/3 of the session timeout', watch, (timeoutMs * 2) / 3),
  ]
}

/** Shows that a dead worker is gone from every list when its session timeout is over, and not much before. Takes two minutes. */
export async function run({ workers = 10, kills = 60, leaves = 20, timeoutMs = 4000, seed = freshSeed(), log = () => {} }: ZooKeeperKillOptions = {}): Promise<ProofResult> {
  const random = seededRandom(seed)
  await using server = await startZooKeeper({ tickTimeMs })
  await using cast = new Cast(`zookeeper://${server.endpoint}?timeout=${timeoutMs}ms`)
  for (let index = 0; index < workers; index++) await cast.enter()
  const bars = [
    ...(await killInBatches(cast, kills, timeoutMs, random, log)),
    ...(await leaveGracefully(cast, leaves)),
    ...(await stopAndContinue(cast, cast.backend, timeoutMs, graceMs)),
  ]
  return { name: 'zookeeper-kill', seed, bars }
}

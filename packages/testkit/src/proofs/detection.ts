import { setTimeout as delay } from 'node:timers/promises'

import { temporaryFolder } from '../temporary-folder.js'
import { startZooKeeper } from '../zookeeper/server.js'
import { Cast, killAndMeasure } from './cast.js'

const httpEveryMs = 20

/** Kills so many workers, each at a moment of its own, and resolves with how long after its death each was still in the watch, ms. */
async function killAll(cast: Cast, kills: number, spreadMs: number): Promise<number[]> {
  while (cast.workers.length < kills) await cast.enter()
  const deaths = [...cast.workers].map(async (worker) => {
    await delay(Math.random() * spreadMs) // any moment between two signs of life
    return (await killAndMeasure(cast, worker, httpEveryMs)).watch
  })
  return Promise.all(deaths)
}

/** How soon the death of a worker is seen on ZooKeeper, for this session timeout and tick of the server. */
export async function detectionOnZooKeeper(kills: number, timeoutMs: number, tickTimeMs: number): Promise<number[]> {
  await using server = await startZooKeeper({ tickTimeMs })
  await using cast = new Cast(`zookeeper://${server.endpoint}?timeout=${timeoutMs}ms`)
  return await killAll(cast, kills, timeoutMs / 3)
}

/** The same on the embedded store. */
export async function detectionOnEmbedded(kills: number): Promise<number[]> {
  await using folder = await temporaryFolder()
  await using cast = new Cast(`embedded:${folder.path}/store`)
  return await killAll(cast, kills, 1000)
}

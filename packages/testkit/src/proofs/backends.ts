import { temporaryFolder } from '../temporary-folder.js'
import { startZooKeeper } from '../zookeeper/server.js'
import type { Bar } from './proof.js'

export const backendNames = ['embedded', 'zookeeper'] as const
export type BackendName = (typeof backendNames)[number]

/** What is shown on each of the backends, one after the other, each fresh. */
export async function onEach(names: readonly BackendName[], show: (url: string) => Promise<Bar[]>): Promise<Bar[]> {
  const bars: Bar[] = []
  for (const name of names) {
    const shown = await onFresh(name, show)
    bars.push(...shown.map((bar) => ({ ...bar, what: `${name}: ${bar.what}` })))
  }
  return bars
}

async function onFresh<T>(name: BackendName, use: (url: string) => Promise<T>): Promise<T> {
  if (name === 'embedded') {
    await using folder = await temporaryFolder()
    return await use(`embedded:${folder.path}`)
  }
  await using server = await startZooKeeper()
  return await use(`zookeeper://${server.endpoint}`)
}

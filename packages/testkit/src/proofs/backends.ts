import { startPostgresql } from '../postgresql/server.js'
import { temporaryFolder } from '../temporary-folder.js'
import { startZooKeeper } from '../zookeeper/server.js'
import type { Bar } from './proof.js'

export const backendNames = ['embedded', 'zookeeper'] as const
export type BackendName = (typeof backendNames)[number]

type Show = (url: string) => Promise<Bar[]>
/** `database`: where a history is kept by as many as there are. */
type ShowWithHistory = (url: string, database: string) => Promise<Bar[]>

/** What is shown on each of the backends, one after the other, each fresh. */
export function onEach(names: readonly BackendName[], show: Show): Promise<Bar[]> {
  return oneAfterTheOther(names, (name) => onFresh(name, show))
}

/** With a database for a history: a file beside the embedded store, a PostgreSQL beside a ZooKeeper. */
export function onEachWithHistory(names: readonly BackendName[], show: ShowWithHistory): Promise<Bar[]> {
  return oneAfterTheOther(names, (name) => onFresh(name, (url) => withDatabase(name, (database) => show(url, database))))
}

async function oneAfterTheOther(names: readonly BackendName[], showOn: (name: BackendName) => Promise<Bar[]>): Promise<Bar[]> {
  const bars: Bar[] = []
  for (const name of names) {
    const shown = await showOn(name)
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

async function withDatabase<T>(name: BackendName, use: (database: string) => Promise<T>): Promise<T> {
  if (name === 'embedded') {
    await using folder = await temporaryFolder()
    return await use(`sqlite:${folder.path}/history.db`)
  }
  await using server = await startPostgresql()
  return await use(await server.createDatabase())
}

import { ChangeLog } from '@muster/notifications'
import { eventually, Keeper } from '@muster/testkit'

import { scratchStore } from '../scratch-store.js'
import type { Database } from './databases.js'
import { repeatLog } from './fill-log.js'
import { changesPerSecond, Writer } from './writer.js'

const services = 100
/** What a service's coming tells: it is created, its worker joins, it is up. */
const changesOfComing = 3
const kept = 1000

/** A store with living workers, and its history with so many changes. */
export interface LongLog extends AsyncDisposable {
  readonly backend: string
  readonly database: string
  readonly changes: number
}

/** The first thousand are told by an observer, the others repeat them. */
export async function makeLongLog({ create, settle }: Database, changes: number): Promise<LongLog> {
  const store = await scratchStore()
  const writer = new Writer(store.backend)
  const dispose = async (): Promise<void> => {
    await writer[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
  }
  try {
    const database = await create(store)
    await recordFirst(store.backend, database, writer)
    const log = await ChangeLog.open(database)
    const last = await repeatLog(log, changes / kept - 1).finally(() => log.close())
    await settle(database)
    if (last !== changes) throw new Error(`The log has ${last} changes, not ${changes}`)
    return { backend: store.backend, database, changes, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

async function recordFirst(backend: string, database: string, writer: Writer): Promise<void> {
  await using keeper = await Keeper.open(backend, database)
  await writer.join({ workers: services, hosts: services, perSecond: changesPerSecond })
  await writer.change(kept - services * changesOfComing)
  await eventually(async () => {
    const { lastSeq } = await keeper.log.read({}, { limit: 1 })
    if (lastSeq !== kept) throw new Error(`${lastSeq} changes told, not ${kept}`)
  }, { timeoutMs: 60_000 })
}

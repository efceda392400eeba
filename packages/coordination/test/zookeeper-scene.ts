import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import { createClient } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'
import { startFaultProxy, startZooKeeper } from '@muster/testkit'
import type { FaultProxy, ZooKeeperServer } from '@muster/testkit'

import { openSession } from '@muster/coordination/internal'
import type { ConnectionState, Entry, Session } from '@muster/coordination/internal'

/** What the tests of one file play on: one server, and for each test a path of its own behind a proxy of its own. */
export interface Scene {
  readonly server: ZooKeeperServer
  readonly proxy: FaultProxy
  /** Straight to the server, at the same path. */
  readonly raw: ZooKeeperClient
  /** The backend's URL through the proxy; `options` is what stands after the question mark. */
  url(options?: string, userInfo?: string): string
  /** A session that is connected, and closed with the test. */
  open(options?: string, userInfo?: string): Promise<Session>
}

/** To be called once in a file; the object is filled before each test. */
export function setTheScene(): Scene {
  const scene = {} as { -readonly [K in keyof Scene]: Scene[K] }
  const opened: Session[] = []
  let stores = 0

  beforeAll(async () => {
    scene.server = await startZooKeeper()
  }, 120_000)
  afterAll(async () => {
    await scene.server[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    const path = `/store-${(stores += 1)}`
    await using root = createClient(scene.server.endpoint)
    await root.create(path)
    scene.raw = createClient(scene.server.endpoint + path)
    scene.proxy = await startFaultProxy(scene.server.endpoint)
    scene.url = (options = '', userInfo = '') => `zookeeper://${userInfo}${scene.proxy.endpoint}${path}?${options}`
    scene.open = async (options, userInfo) => {
      const session = await openSession(scene.url(options, userInfo))
      opened.push(session)
      await until(session, 'connected')
      return session
    }
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((session) => session.close().catch(() => undefined)))
    await scene.raw.close()
    await scene.proxy[Symbol.asyncDispose]()
  })
  return scene
}

/** Resolves when the session is in this state, of this epoch if one is given. */
export async function until(session: Session, wanted: ConnectionState['state'], epoch?: number): Promise<void> {
  for await (const state of session.states()) if (state.state === wanted && (epoch === undefined || state.epoch === epoch)) return
  throw new Error(`never ${wanted}`)
}

export const at = (collection: string, key: string): { collection: string; key: string } => ({ collection, key })
export const bytes = (text: string): Uint8Array => Buffer.from(text)
export const text = (entry: Entry | undefined): string | undefined => entry && Buffer.from(entry.data).toString()

/** The opcode of commits, for traps of the proxy. */
export const multi = 14

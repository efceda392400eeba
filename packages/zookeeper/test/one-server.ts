import { afterAll, beforeAll } from '@jest/globals'
import { startZooKeeper } from '@muster/testkit'
import type { ZooKeeperOptions, ZooKeeperServer } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

/** A server for all tests of a file, with a client that is connected to it; both are there as soon as tests run. */
export function oneServer(options: ZooKeeperOptions = {}): { readonly server: ZooKeeperServer; readonly zk: ZooKeeperClient } {
  const all: { server?: ZooKeeperServer; zk?: ZooKeeperClient } = {}
  beforeAll(async () => {
    all.server = await startZooKeeper(options)
    all.zk = createClient(all.server.endpoint, { sessionTimeoutMs: 20_000 })
    await all.zk.connected()
  }, 60_000)
  afterAll(async () => {
    await all.zk?.close()
    await all.server?.[Symbol.asyncDispose]()
  })
  return all as Required<typeof all>
}

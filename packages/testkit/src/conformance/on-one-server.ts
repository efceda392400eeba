import { afterAll, beforeAll } from '@jest/globals'

import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { ZooKeeperBackend } from './zookeeper-backend.js'

/** To be called once in a file: a server that starts and ends with its tests, and stores on it. */
export function onOneServer(): ZooKeeperBackend {
  let server: ZooKeeperServer | undefined
  const backend = new ZooKeeperBackend(() => {
    if (!server) throw new Error('the server has not been started')
    return server
  })
  beforeAll(async () => {
    server = await startZooKeeper()
  }, 120_000)
  afterAll(async () => {
    await backend[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })
  return backend
}

import { afterAll, beforeAll } from '@jest/globals'

import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { describeRecipes } from './index.js'
import { ZooKeeperBackend } from '../conformance/zookeeper-backend.js'

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

describeRecipes('ZooKeeper', backend)

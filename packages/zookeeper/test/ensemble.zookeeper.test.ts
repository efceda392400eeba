import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { eventually, startZooKeeperEnsemble } from '@muster/testkit'
import type { ZooKeeperEnsemble, ZooKeeperServer } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { Following, freshPath } from './following.js'

let ensemble: ZooKeeperEnsemble

beforeAll(async () => {
  ensemble = await startZooKeeperEnsemble()
}, 60_000)
afterAll(async () => {
  await ensemble[Symbol.asyncDispose]()
})

interface Member {
  readonly zk: ZooKeeperClient
  readonly following: Following
  readonly node: string
  readonly sessionId: bigint
}

/** So many clients, each with a node of its own. */
async function join(count: number, sessionTimeoutMs: number): Promise<Member[]> {
  const path = freshPath()
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const zk = createClient(ensemble.endpoints, { sessionTimeoutMs })
      const following = new Following(zk)
      const node = `${path}-${index}`
      await zk.create(node, { mode: 'ephemeral' })
      return { zk, following, node, sessionId: zk.sessionId }
    }),
  )
}

async function expectKept({ zk, following, node, sessionId }: Member): Promise<void> {
  await zk.sync(node)
  expect((await zk.exists(node))?.ephemeralOwner).toBe(sessionId)
  expect(zk.sessionId).toBe(sessionId)
  expect(new Set(following.names)).toEqual(new Set(['connected 1', 'suspended 1']))
}

const leave = async (members: readonly Member[]): Promise<unknown> => Promise.all(members.map(({ zk }) => zk.close()))

test('the leader is killed: fifty clients are back with their sessions and nodes, and can write', async () => {
  const members = await join(50, 10_000)
  const leader = await ensemble.leader()
  await leader.kill()
  await Promise.all(
    members.map(async (member) => {
      await member.following.reaches('suspended 1')
      await eventually(() => member.zk.setData(member.node, Buffer.from('back')), { timeoutMs: 15_000, everyMs: 100 })
      await expectKept(member)
    }),
  )
  await leave(members)
  await leader.start()
  await ensemble.settled()
}, 40_000)

test('a server that is stopped and keeps its connections: its clients go on with the same sessions at the next one', async () => {
  const members = await join(12, 4000)
  const [leader, follower] = [await ensemble.leader(), await followerOf(ensemble)]
  expect(follower).not.toBe(leader)
  const connections = await follower.command('cons')
  const concerned = members.filter(({ sessionId }) => connections.includes(`sid=0x${sessionId.toString(16)},`))
  expect(concerned.length).toBeGreaterThan(0)
  await follower.suspend()
  try {
    await Promise.all(
      concerned.map(async (member) => {
        await member.following.reaches('suspended 1')
        await expectKept(member)
      }),
    )
  } finally {
    await follower.resume()
  }
  expect(members.filter((member) => !concerned.includes(member)).flatMap(({ following }) => following.names)).not.toContain('suspended 1')
  await leave(members)
}, 40_000)

async function followerOf({ servers }: ZooKeeperEnsemble): Promise<ZooKeeperServer> {
  for (const server of servers) if ((await server.command('srvr')).includes('Mode: follower')) return server
  throw new Error('there is no follower')
}

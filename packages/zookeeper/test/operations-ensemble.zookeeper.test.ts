import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startZooKeeperEnsemble } from '@muster/testkit'
import type { ZooKeeperEnsemble } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { freshPath } from './following.js'

let ensemble: ZooKeeperEnsemble
let clients: ZooKeeperClient[] = []
beforeAll(async () => {
  ensemble = await startZooKeeperEnsemble()
  clients = ensemble.servers.map(({ endpoint }) => createClient(endpoint, { sessionTimeoutMs: 20_000 }))
  await Promise.all(clients.map((zk) => zk.connected()))
}, 60_000)
afterAll(async () => {
  await Promise.all(clients.map((zk) => zk.close()))
  await ensemble[Symbol.asyncDispose]()
})

/** A client of each server, in their order. */
function clientsOfAll(): readonly [ZooKeeperClient, ZooKeeperClient, ZooKeeperClient] {
  const [one, two, three] = clients
  if (!one || !two || !three) throw new Error('an ensemble has three servers')
  return [one, two, three]
}

test('a read behind a sync at a follower shows what was confirmed on any other server before', async () => {
  const path = freshPath()
  const all = clientsOfAll()
  const leader = ensemble.servers.indexOf(await ensemble.leader())
  const followers = all.filter((_, index) => index !== leader) // the leader itself may be a moment behind: 1 of 1300 reads
  await all[0].create(path)
  for (let version = 1; version <= 150; version += 1) {
    const writer = all[version % 3] ?? all[0]
    await writer.setData(path, Buffer.from(String(version)))
    const reads = await Promise.all(followers.map(async (zk) => (await Promise.all([zk.sync(), zk.getData(path)]))[1].stat.version))
    expect(reads).toEqual([version, version])
  }
})

test('what is read in one batch is one moment on every server, under changes of several nodes at once', async () => {
  const paths = Array.from({ length: 100 }, () => freshPath())
  const all = clientsOfAll()
  const [writer] = all
  await writer.multi(paths.map((path) => ({ op: 'create', path })))
  let isOver = false
  const change = async (): Promise<void> => {
    for (let round = 0; !isOver; round += 1) await writer.multi([paths[0], paths[99]].map((path = '/') => ({ op: 'setData', path, data: Buffer.from(String(round)) })))
  }
  const changed = change()
  await Promise.all(all.map((zk) => zk.sync()))
  const seen = new Set<string>()
  let torn = 0
  for (let round = 0; round < 100; round += 1) {
    for (const { nodes } of await Promise.all(all.map((zk) => zk.getMany(paths)))) {
      seen.add(String(nodes[0]?.data))
      if (String(nodes[0]?.data) !== String(nodes[99]?.data)) torn += 1
    }
  }
  isOver = true
  await changed
  expect([seen.size > 10, torn]).toEqual([true, 0])
})

test('a watch on one server tells the changes made on another one in their order, and no answer overtakes them', async () => {
  const path = freshPath()
  const [writer, reader] = clientsOfAll()
  await writer.create(path)
  await reader.sync()
  let told: string[] = []
  await reader.watch(path, { recursive: true, onEvent: ({ type, path: at }) => told.push(`${type} ${at.slice(path.length)}`) })
  for (let round = 0; round < 50; round += 1) {
    const changes = Promise.all([writer.create(`${path}/${round}`), writer.setData(`${path}/${round}`, Buffer.alloc(1)), writer.delete(`${path}/${round}`)])
    const [{ stat }] = await Promise.all([reader.getChildren(path), changes])
    expect(told.filter((text) => !text.startsWith('changed')).length).toBeGreaterThanOrEqual(stat.cversion - 2 * round)
    await reader.sync()
    expect(told).toEqual([`created /${round}`, `changed /${round}`, `deleted /${round}`])
    told = []
  }
})

import { expect, test } from '@jest/globals'
import { createClient } from '@muster/client'
import { openServiceGroup } from '@muster/servicegroup'

import { eventually } from '../eventually.js'
import { startServer } from '../interop/commands.js'
import { startZooKeeperEnsemble } from '../zookeeper/ensemble.js'
import { readComposition } from './compose.js'

test('the API servers of docker/compose.yaml are sent to all three ZooKeepers that it publishes', async () => {
  const services = Object.values((await readComposition('compose.yaml')).services)
  const published = services.flatMap(({ ports = [] }) => ports.map((port) => port.replace(/:\d+$/, '')))
  expect(published).toHaveLength(3)
  const backends = services.flatMap(({ build, environment }) => (build ? [environment?.['SVC_BACKEND']] : []))
  expect(backends).toEqual([`zookeeper://${published.join(',')}`, `zookeeper://${published.join(',')}`])
})

test('two API servers on three ZooKeepers give one list, and go on when the leader is killed', async () => {
  await using ensemble = await startZooKeeperEnsemble()
  const backend = `zookeeper://${ensemble.endpoints}`
  await using first = await startServer(backend)
  await using second = await startServer(backend)
  const clients = [createClient(first.url), createClient(second.url)]
  const workers = await openServiceGroup(backend)
  const names = async (): Promise<string[][]> => await Promise.all(clients.map(async (client) => (await client.workers()).map(({ name }) => name)))
  try {
    await workers.join({ group: 'vitrage', name: 'indexer worker(0)' })
    await eventually(async () => expect(await names()).toEqual([['indexer worker(0)'], ['indexer worker(0)']]))
    await (await ensemble.leader()).kill()
    await workers.join({ group: 'vitrage', name: 'indexer worker(1)' })
    const both = ['indexer worker(0)', 'indexer worker(1)']
    await eventually(async () => expect(await names()).toEqual([both, both]), { timeoutMs: 20_000 })
  } finally {
    await workers.close()
    await Promise.all(clients.map((client) => client.close()))
  }
}, 120_000)

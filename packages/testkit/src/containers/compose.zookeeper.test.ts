import { expect, test } from '@jest/globals'
import { createClient } from '@muster/client'
import { openServiceGroup } from '@muster/servicegroup'

import { eventually } from '../eventually.js'
import { svcFile } from '../interop/commands.js'
import type { NodeProcess } from '../spawn-node.js'
import { spawnNode } from '../spawn-node.js'
import { startZooKeeperEnsemble } from '../zookeeper/ensemble.js'
import { readComposition } from './compose.js'
import type { Service } from './compose.js'

/** Runs an API server as the composition does, on the servers of a test and on a free port. */
async function serve({ environment = {} }: Service, backend: string): Promise<{ server: NodeProcess; url: string }> {
  const given = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]))
  const server = spawnNode(svcFile, ['serve'], { env: { ...given, SVC_BACKEND: backend, SVC_PORT: '0', SVC_HOST: undefined } })
  const [, url = ''] = await server.line(/^listening on (http:\/\/127\.0\.0\.1:\d+)$/, { timeoutMs: 30_000 })
  return { server, url }
}

test('the two API servers of docker/compose.yaml give one list, and go on when a ZooKeeper server dies', async () => {
  const { services } = await readComposition('compose.yaml')
  const published = Object.values(services).flatMap(({ ports = [] }) => ports.map((port) => port.replace(/:\d+$/, '')))
  const servers = Object.values(services).filter(({ build }) => build)
  for (const { environment } of servers) expect(environment?.['SVC_BACKEND']).toBe(`zookeeper://${published.join(',')}`)
  expect([published.length, servers.length]).toEqual([3, 2])

  await using ensemble = await startZooKeeperEnsemble()
  const backend = (servers[0]?.environment?.['SVC_BACKEND'] as string).replace(published.join(','), ensemble.endpoints)
  const running = await Promise.all(servers.map((service) => serve(service, backend)))
  const clients = running.map(({ url }) => createClient(url))
  const serviceGroup = await openServiceGroup(backend)
  try {
    const names = async (): Promise<string[][]> => await Promise.all(clients.map(async (client) => (await client.workers()).map(({ name }) => name)))
    await serviceGroup.join({ group: 'vitrage', name: 'indexer worker(0)' })
    await eventually(async () => expect(await names()).toEqual([['indexer worker(0)'], ['indexer worker(0)']]))
    await (await ensemble.leader()).kill()
    await serviceGroup.join({ group: 'vitrage', name: 'indexer worker(1)' })
    const both = ['indexer worker(0)', 'indexer worker(1)']
    await eventually(async () => expect(await names()).toEqual([both, both]), { timeoutMs: 20_000 })
  } finally {
    await serviceGroup.close()
    await Promise.all(clients.map((client) => client.close()))
    await Promise.all(running.map(({ server }) => server[Symbol.asyncDispose]()))
  }
}, 120_000)

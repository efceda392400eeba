import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'
import { createClient } from '@muster/zookeeper'
import type { ZooKeeperClient } from '@muster/zookeeper'

import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { startServer, svc, vitrageServiceList } from './commands.js'
import { soon } from './soon.js'
import { ToldChanges } from './told-changes.js'
import { ToozProcess } from './tooz-process.js'
import type { ToozCapabilities } from './tooz-process.js'

/** What members of other programs may say of themselves, and what is listed of it. */
const capabilities: readonly (readonly [memberId: string, ToozCapabilities, listed?: object])[] = [
  ['dict', { name: 'a dict', hostname: 'h', process: 5, weight: 2 }, { name: 'a dict', hostname: 'h', process: 5 }],
  ['json in a str', '{"name": "a str", "process": 6}', { name: 'a str', process: 6 }],
  ['json in utf-8', Buffer.from('{"name": "größe"}'), { name: 'größe' }],
  ['no bytes', Buffer.alloc(0)],
  ['empty str', ''],
  ['text', 'some text'],
  ['bytes', Buffer.from([0xff, 0x00, 0xc1])],
  ['number', 7],
  ['none', null],
  ['list', ['a', { b: 1 }]],
  ['other types', { name: 7, hostname: null, process: 'x', created: [], labels: 'no' }],
]

/** Nodes that tooz would not write at all. */
const raw: readonly (readonly [memberId: string, data: Buffer])[] = [
  ['no msgpack', Buffer.from('plain text')],
  ['cut msgpack', Buffer.from([0xc4, 200, 1, 2])],
  ['no data', Buffer.alloc(0)],
  ['naïve', Buffer.from([0xc4, 0])],
]

describe('members of other programs', () => {
  let server: ZooKeeperServer
  let backend: string
  let serviceGroup: ServiceGroup
  let nodes: ZooKeeperClient

  beforeAll(async () => {
    server = await startZooKeeper()
    backend = `zookeeper://${server.endpoint}?timeout=2`
    serviceGroup = await openServiceGroup(backend)
    nodes = createClient(server.endpoint)
    await nodes.connected()
  }, 60_000)

  afterAll(async () => {
    await nodes.close()
    await serviceGroup.close()
    await server[Symbol.asyncDispose]()
  })

  test('whatever they say of themselves, all are listed beside ours, and told', async () => {
    await using tooz = await ToozProcess.start(backend, 'creator')
    await tooz.call('create_group', 'mixed')
    await using told = new ToldChanges(serviceGroup, 'mixed')
    const ours = await serviceGroup.join({ group: 'mixed', name: 'ours', hostname: 'h', process: 1 })
    for (const [memberId, value] of capabilities) await tooz.call('join_as', memberId, 'mixed', value)
    for (const [memberId, data] of raw) await nodes.create(`/tooz/mixed/${memberId}`, { data, mode: 'ephemeral' })
    try {
      const rows = new Map((await serviceGroup.workers({ group: 'mixed' })).map((worker) => [worker.memberId, worker]))
      const ids = [...capabilities.map(([memberId]) => memberId), ...raw.map(([memberId]) => memberId)]
      expect([...rows.keys()].sort()).toEqual([ours.worker.memberId, ...ids].sort())
      for (const [memberId, , listed] of capabilities) {
        expect(rows.get(memberId)).toMatchObject({ name: memberId, hostname: null, process: null, created: null, state: 'up', labels: {}, ...listed })
      }
      for (const [memberId] of raw) expect(rows.get(memberId)).toMatchObject({ name: memberId, hostname: null, process: null, created: null })

      const names = [...rows.values()].map(({ name }) => name)
      await soon(() => expect(told.lines.toSorted()).toEqual(names.map((name) => `joined ${name}`).toSorted()))

      const list = await svc('list', '-f', 'json', '--group', 'mixed', '--backend', backend)
      expect(list.code).toBe(0)
      expect((JSON.parse(list.stdout) as { Name: string }[]).map(({ Name }) => Name)).toEqual(names)
      expect(list.stderr).toMatch(/^svc: \d+ members without worker data: /)

      await using api = await startServer(backend)
      const stock = await vitrageServiceList(api.url, '-f', 'json')
      expect(stock).toMatchObject({ code: 0, stderr: '' })
      expect((JSON.parse(stock.stdout) as { Name: string }[]).map(({ Name }) => Name)).toEqual(names)
    } finally {
      await ours.leave()
    }
  }, 60_000)

  test('members of a group that tooz partitions are listed', async () => {
    await using tooz = await ToozProcess.start(backend, 'partitioned')
    await tooz.call('join_partitioned', 'ring', 3)
    expect(await serviceGroup.workers({ group: 'ring' })).toMatchObject([{ name: 'partitioned', memberId: 'partitioned', process: null }])
  })

  test('a group that another program has made without a member is listed as empty', async () => {
    await nodes.create('/tooz/naïve group')
    try {
      expect(await serviceGroup.workers({ group: 'naïve group' })).toEqual([])
      expect((await serviceGroup.groups()).find(({ group }) => group === 'naïve group')).toMatchObject({ members: 0 })
    } finally {
      await nodes.delete('/tooz/naïve group')
    }
  })
})

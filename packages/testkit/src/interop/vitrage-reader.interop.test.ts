import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'

import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { ambiguousNames, asText, harmfulNames, printableNames, vitrageNames } from './names.js'
import { ToozProcess } from './tooz-process.js'

const names = [...vitrageNames, ...printableNames, ...ambiguousNames, ...harmfulNames, 'ÿ'.repeat(4096)]

describe('what Vitrage does for its list, on a whole group of ours', () => {
  let server: ZooKeeperServer
  let backend: string
  let serviceGroup: ServiceGroup
  let tooz: ToozProcess

  beforeAll(async () => {
    server = await startZooKeeper()
    backend = `zookeeper://${server.endpoint}?timeout=10`
    serviceGroup = await openServiceGroup(backend)
    tooz = await ToozProcess.start(backend, 'reader')
  }, 60_000)

  afterAll(async () => {
    await tooz[Symbol.asyncDispose]()
    await serviceGroup.close()
    await server[Symbol.asyncDispose]()
  })

  /** Both lists of a group, each without what the other does not have. */
  async function bothLists(group: string, storedAs = group) {
    const theirs = (await tooz.call('services_as_vitrage', storedAs)).map(({ name, hostname, process, created }) => ({ name, hostname, process, created }))
    const ours = (await serviceGroup.workers({ group })).map(({ name, hostname, process, created }) => ({ name, hostname, process, created }))
    return { theirs, ours }
  }

  test('reads every member, whatever its name and labels are, as we list it and in our order', async () => {
    for (const [index, name] of names.entries()) {
      const labels = { [name.slice(0, 50)]: name.slice(0, 50), 'größe': '日本 😀' }
      await serviceGroup.join({ group: 'vitrage', name, hostname: `höst ${index}`, process: index + 1, labels, zone: 'zürich', version: name.slice(0, 10) })
    }
    const { theirs, ours } = await bothLists('vitrage')
    expect(theirs).toEqual(ours)
    expect(ours).toHaveLength(names.length)
    expect(new Set(ours.map(({ name }) => name))).toEqual(new Set(names.map(asText)))
  })

  test('reads a member of nearly 64 KiB', async () => {
    await serviceGroup.join({ group: 'large', name: 'large', labels: { text: 'x'.repeat(60_000) } })
    const { theirs, ours } = await bothLists('large')
    expect(theirs).toEqual(ours)
    expect(ours).toHaveLength(1)
  })

  test('reads groups with odd names, by the names that tooz lists', async () => {
    const groups = ['größe', '日本', 'a/b', 'locks', 'leader', 'a b (c)', '%41']
    for (const group of groups) await serviceGroup.join({ group, name: `worker of ${group}`, process: 1, hostname: 'h' })
    const stored = await tooz.call('get_groups')
    expect(stored.every((name) => /^[ -~]+$/.test(name))).toBe(true)
    const found = await Promise.all(stored.filter((name) => !['vitrage', 'large'].includes(name)).map((name) => tooz.call('services_as_vitrage', name)))
    expect(found.flat().map(({ name }) => name).toSorted()).toEqual(groups.map((group) => `worker of ${group}`).toSorted())
  })
})

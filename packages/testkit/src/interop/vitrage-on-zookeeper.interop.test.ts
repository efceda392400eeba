import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'

import { startZooKeeper } from '../zookeeper/server.js'
import type { ZooKeeperServer } from '../zookeeper/server.js'
import { startServer, svc, vitrageServiceList } from './commands.js'
import type { Server } from './commands.js'
import { soon } from './soon.js'
import { ToozProcess } from './tooz-process.js'

const names = ['a', '(b) [c]', '  spaces  ', 'a/path', 'locks', 'ünïcödé', '日本語 worker(0)', '😀 emoji', 'x'.repeat(4096)]

describe('the stock vitrage service list on workers of tooz and of ours', () => {
  let server: ZooKeeperServer
  let backend: string
  let serviceGroup: ServiceGroup
  let api: Server

  beforeAll(async () => {
    server = await startZooKeeper()
    backend = `zookeeper://${server.endpoint}?timeout=2`
    serviceGroup = await openServiceGroup(backend)
    api = await startServer(backend)
  }, 60_000)

  afterAll(async () => {
    await api[Symbol.asyncDispose]()
    await serviceGroup.close()
    await server[Symbol.asyncDispose]()
  })

  test('prints all of them, as svc list --classic does, and no more those that have left', async () => {
    await using tooz = await ToozProcess.start(backend, 'ApiWorker worker(0)_1')
    await using second = await ToozProcess.start(backend, 'PersistorService worker(0)_2')
    await tooz.call('join_as_vitrage', 'vitrage', 'ApiWorker worker(0)')
    await second.call('join_as_vitrage', 'vitrage', 'größe worker(0)')
    const ours = await serviceGroup.join({ group: 'vitrage', name: 'vitrageuWSGI worker 1' })
    for (const [index, name] of names.entries()) await serviceGroup.join({ group: 'odd', name, process: index + 1 })

    const count = names.length + 3
    const table = await soon(async () => {
      const { stdout } = await vitrageServiceList(api.url)
      expect(stdout.split('\n')).toHaveLength(count + 5)
      return stdout
    })
    expect(await svc('list', '--classic', '--endpoint', api.url)).toEqual({ code: 0, stdout: table, stderr: '' })
    expect(await svc('list', '--classic', '--backend', backend)).toEqual({ code: 0, stdout: table, stderr: '' })
    for (const pid of [tooz.pid, second.pid]) expect(table).toMatch(new RegExp(` ${pid} \\| `))

    await tooz.call('leave_group', 'vitrage')
    await second.kill()
    await ours.leave()
    await soon(async () => {
      const { stdout } = await vitrageServiceList(api.url)
      expect(stdout.split('\n')).toHaveLength(names.length + 5)
    })
  }, 60_000)

  test('fails with a sentence while nothing is known of the backend, and never prints an empty list', async () => {
    await server.suspend()
    try {
      await using deaf = await startServer(backend)
      const { code, stdout, stderr } = await vitrageServiceList(deaf.url)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^\S.* \(HTTP 503\)\n$/)
    } finally {
      await server.resume()
    }
  })
})

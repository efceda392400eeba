import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import { startZooKeeper } from '@muster/testkit'

import { Store } from './svc.js'

test('a wait that was begun before ZooKeeper says so, outlives its restart, and is not fooled by either', async () => {
  await using store = await Store.create()
  await using server = await startZooKeeper()
  await server.kill()
  const backend = `zookeeper://${server.endpoint}?timeout=4s`
  await using svc = store.start(['wait', '--backend', backend, '--group', 'vitrage', '--count', '2', '--timeout', '60s'])
  await svc.line(/^svc: no answer yet, trying on: /, { from: 'stderr' })
  await server.start()
  const serviceGroup = await openServiceGroup(backend)
  try {
    await serviceGroup.join({ group: 'vitrage', name: 'a' })
    await server.kill()
    const gone = await store.svc(['wait', '--backend', backend, '--group', 'vitrage', '--for', 'gone', '--timeout', '1s'])
    expect(gone).toMatchObject({ code: 124, stdout: '', stderr: expect.stringContaining('nobody answered') })
    await server.start()
    await serviceGroup.join({ group: 'vitrage', name: 'b' })
    expect(await svc.exited).toEqual({ code: 0, signal: null })
    expect(svc.stdout).toMatch(/^2 workers in group 'vitrage' after/)
  } finally {
    await serviceGroup.close()
  }
}, 90_000)

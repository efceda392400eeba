import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import { startZooKeeper } from '@muster/testkit'

import { Store } from './svc.js'

test('-w outlives a server that does not answer for a while: it says so, says when it is back, and tells what has changed once', async () => {
  await using server = await startZooKeeper()
  await using store = await Store.create()
  const backend = `zookeeper://${server.endpoint}?timeout=2s`
  const serviceGroup = await openServiceGroup(`zookeeper://${server.endpoint}?timeout=30s`)
  try {
    await serviceGroup.join({ group: 'g', name: 'first' })
    await using svc = store.start(['list', '-w', '-f', 'json', '--backend', backend])
    await svc.line(/snapshot/)
    await server.suspend()
    await svc.line(/"connection","state":"suspended"/)
    await server.resume()
    await svc.line(/"connection","state":"connected"/)
    await serviceGroup.join({ group: 'g', name: 'second' })
    await svc.line(/"joined".*"second"/)
    svc.signal('SIGINT')
    expect(await svc.exited).toEqual({ code: 130, signal: null })
    const told = svc.stdout.split('\n').filter((line) => line !== '').map((line) => (JSON.parse(line) as { type: string }).type)
    expect(told.filter((type) => type !== 'connection')).toEqual(['snapshot', 'joined'])
  } finally {
    await serviceGroup.close()
  }
}, 60_000)

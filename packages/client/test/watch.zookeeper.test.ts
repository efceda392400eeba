import { expect, test } from '@jest/globals'
import { serve } from '@muster/api'
import { createClient } from '@muster/client'
import { silentLogger } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'
import { eventually, startFaultProxy, startZooKeeper } from '@muster/testkit'

import { next, recorder } from './scene.js'

test('while the server has lost its ZooKeeper nobody is told as left; when it is back, what happened meanwhile comes before that it is current', async () => {
  await using zookeeper = await startZooKeeper()
  await using proxy = await startFaultProxy(zookeeper.endpoint)
  const store = await openServiceGroup(`zookeeper://${zookeeper.endpoint}`)
  const server = await serve({ backend: `zookeeper://${proxy.endpoint}?timeout=20s`, port: 0, logger: silentLogger })
  const { lines, logger } = recorder()
  const client = createClient(server.url, { logger })
  try {
    await store.join({ group: 'vitrage', name: 'stays' })
    const leaves = await store.join({ group: 'vitrage', name: 'leaves' })
    await eventually(async () => expect(await client.workers()).toHaveLength(2))
    const watch = client.watchWorkers()[Symbol.asyncIterator]()
    expect(await next(watch)).toEqual(['joined leaves', 'joined stays'])
    const raw = await fetch(`${server.url}/v1/watch`)
    let text = ''
    const reading = (async () => {
      for await (const chunk of (raw.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) text += chunk
    })()

    const told = next(watch)
    await proxy.refuse()
    await eventually(() => expect(lines).toEqual(['the server cannot reach its backend; what it tells is old']))
    await leaves.leave()
    await proxy.accept()
    expect(await told).toEqual(['left leaves'])
    const after = watch.next() // somebody listens
    after.catch(() => undefined)
    await eventually(() => expect(lines).toEqual(['the server cannot reach its backend; what it tells is old', 'the server reaches its backend again']))
    await eventually(() => expect([...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name)).toEqual(['snapshot', 'synced', 'stale', 'change', 'current']))
    await client.close()
    await server.close()
    await reading
  } finally {
    await client.close()
    await server.close()
    await store.close()
  }
}, 60_000)

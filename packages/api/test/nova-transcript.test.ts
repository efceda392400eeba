import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { eventually } from '@muster/testkit'

import { ServedStore } from './served-store.js'
import { parseTranscript, play } from './transcript.js'
import type { Names } from './transcript.js'

const file = new URL('../../test/nova-transcript.txt', import.meta.url)

let store: ServedStore

beforeAll(async () => {
  store = await ServedStore.start()
})

afterAll(async () => {
  await store[Symbol.asyncDispose]()
})

/** Workers of four services, and one service whose worker has left; each service's uuid and number by the name of its host. */
async function populate({ serviceGroup }: ServedStore): Promise<Names> {
  await serviceGroup.join({ group: 'nova', name: 'nova-compute', hostname: 'host1' })
  await serviceGroup.join({ group: 'nova', name: 'nova-compute', hostname: 'host2', zone: 'az2' })
  await serviceGroup.join({ group: 'nova', name: 'nova-scheduler', hostname: 'ctl', zone: 'internal' })
  await serviceGroup.join({ group: 'vitrage', name: 'ApiWorker worker(0)', hostname: 'api1' })
  await (await serviceGroup.join({ group: 'nova', name: 'nova-compute', hostname: 'gone' })).leave()
  const { services } = await serviceGroup.getMany()
  const uuids = services.map(({ host, uuid }) => [`uuid.${host}`, uuid] as const)
  const numbers = services.map(({ host, uuid }) => [`id.${host}`, String(parseInt(uuid.replaceAll('-', '').slice(0, 12), 16))] as const)
  return new Map([...uuids, ...numbers])
}

test('every exchange is as it is written down in nova-transcript.txt, to the byte', async () => {
  const names = await populate(store)
  for (const exchange of parseTranscript(await readFile(file, 'utf8'))) {
    const expectIt = async (): Promise<void> => expect(await play(exchange, store.server.url, names)).toBe(exchange.text)
    // A list may be a moment older than the change before it.
    if (exchange.request.startsWith('> GET')) await eventually(expectIt)
    else await expectIt()
  }
})

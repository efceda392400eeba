import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openProvisioning } from '@muster/provisioning'
import type { Provisioning } from '@muster/provisioning'
import { eventually } from '@muster/testkit'

import { ServedStore } from './served-store.js'
import { parseTranscript, play } from './transcript.js'
import type { Names } from './transcript.js'

const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
const file = new URL('../../test/sahara-transcript.txt', import.meta.url)

let store: ServedStore
let provisioning: Provisioning

beforeAll(async () => {
  store = await ServedStore.start()
  await eventually(async () => expect((await store.get('/v1/cluster')).status).toBe(200))
  provisioning = await openProvisioning(`sqlite:${store.backend.slice('embedded:'.length)}/history.db`)
})

afterAll(async () => {
  await provisioning.close()
  await store[Symbol.asyncDispose]()
})

/** Three clusters: one that waits, one that failed, and one of another tenant. What is another in each run, by name. */
async function populate(): Promise<Names> {
  const tenant = '9cd1314a0a31493282b6712b76a8fcda'
  const waiting = await provisioning.createCluster({ name: 'waiting', tenant, plugin: { name: 'spark', provisioningSteps: () => ({ creating: ['Launching instances', 'Waiting for ssh', 'Starting Spark'] }) } })
  const launching = await waiting.step({ name: 'Launching instances', type: 'creating', total: 1 })
  await launching.ok({ instance: 'waiting-worker-001' })
  const ssh = await waiting.step({ name: 'Waiting for ssh', type: 'creating', total: 3 })
  await ssh.ok({ instance: 'waiting-worker-001', instanceId: 'b5ba5ba8-e9c1-47f7-9355-3ce0ec0e449d', nodeGroupId: '145cf2fb-dcdf-42af-a4b9-a4047d2919d4' })
  const failed = await provisioning.createCluster({ name: 'failed', tenant })
  const run = await failed.step({ name: 'Run instances', type: 'creating', total: 1 })
  await provisioning.store.report(run.id ?? '', { instance: 'failed-worker-001', successful: false, eventInfo: 'Node failed-worker-001 has error status\nError ID: 3e238c82-d1f5-4560-8ed8-691e923e16a0', errorId: '3e238c82-d1f5-4560-8ed8-691e923e16a0' }, { tenant })
  const other = await provisioning.createCluster({ name: 'other' })
  const events = [...(await waiting.events()).events, ...(await failed.events()).events]
  return new Map([
    ['version', version],
    ...[['waiting', waiting.id], ['failed', failed.id], ['other', other.id]].map(([name, id]) => [`cluster.${name ?? ''}`, id ?? ''] as const),
    ...[['launching', launching.id], ['ssh', ssh.id], ['run', run.id]].map(([name, id]) => [`step.${name ?? ''}`, id ?? ''] as const),
    ...events.map(({ id }, index) => [`event.${index + 1}`, id] as const),
  ])
}

test('every exchange is as it is written down in sahara-transcript.txt, to the byte', async () => {
  const names = await populate()
  const text = await readFile(file, 'utf8')
  const played: string[] = []
  for (const exchange of parseTranscript(text)) played.push(await play(exchange, store.server.url, names))
  expect(played).toEqual(parseTranscript(text).map((exchange) => exchange.text))
})

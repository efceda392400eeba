import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createProvisioningClient } from '@muster/client'
import { Provisioning } from '@muster/provisioning'
import type { ClusterHandle } from '@muster/provisioning'

import { eventually } from '../eventually.js'
import { temporaryFolder } from '../temporary-folder.js'
import { sahara, startServer } from './commands.js'
import type { Result, Server } from './commands.js'

const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
const tenant = '9cd1314a0a31493282b6712b76a8fcda'
const timeoutMs = 120_000

let folder: AsyncDisposable & { readonly path: string }
let server: Server
let provisioning: Provisioning
let cluster: ClusterHandle

/** A cluster with a step of each outcome, reported over HTTP. */
beforeAll(async () => {
  folder = await temporaryFolder()
  server = await startServer(`embedded:${folder.path}`)
  provisioning = new Provisioning(createProvisioningClient(server.url))
  await eventually(() => provisioning.clusters())
  cluster = await provisioning.createCluster({ name: 'sample', tenant, description: 'of tests' })
  await (await cluster.step({ name: 'Launching instances', type: 'creating', total: 1 })).ok({ instance: 'sample-worker-001' })
  await (await cluster.step({ name: 'Waiting for ssh', type: 'creating', total: 1 })).fail({ instance: 'sample-worker-001', error: new Error('no route to host') })
  await (await cluster.step({ name: 'Starting Spark', type: 'creating', total: 3 })).ok({ instance: 'sample-worker-001' })
  await provisioning.createCluster({ name: 'of another', tenant: 'another' })
}, 60_000)

afterAll(async () => {
  await provisioning.close()
  await server[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** What the command printed; it must have ended well. */
function printed({ code, stdout, stderr }: Result): string {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

/** Below which path a client asks, of which tenant. */
const paths = [`/v1.1/${tenant}`, `/v2/${tenant}`]
const run = (path: string, ...words: readonly string[]): Promise<Result> => sahara(server.url, { path, cwd: folder.path }, ...words)

describe.each(paths)('openstack dataprocessing at %s', (path) => {
  test('cluster list', async () => {
    expect(printed(await run(path, 'cluster', 'list', '-f', 'csv', '-c', 'Name', '-c', 'Id', '-c', 'Plugin name', '-c', 'Status'))).toBe(`"Name","Id","Plugin name","Status"\n"sample","${cluster.id}","muster","Spawning"\n`)
    expect(JSON.parse(printed(await run(path, 'cluster', 'list', '--long', '--name', 'amp', '-f', 'json')))).toMatchObject([{ Name: 'sample', Description: 'of tests' }])
    expect(JSON.parse(printed(await run(path, 'cluster', 'list', '--plugin', 'spark', '-f', 'json')))).toEqual([])
  }, timeoutMs)

  test.each(['its name', 'its id'])('cluster show by %s, with its progress', async (by) => {
    const shown = JSON.parse(printed(await run(path, 'cluster', 'show', by === 'its id' ? cluster.id : 'sample', '--show-progress', '-f', 'json'))) as Record<string, unknown>
    expect(shown).toMatchObject({ Id: cluster.id, Name: 'sample', 'Plugin name': 'muster', Image: null, Status: 'Spawning' })
    expect(Object.entries(shown).slice(-4)).toEqual([['', ''], ['creating: Launching instances', 'Step completed successfully'], ['creating: Waiting for ssh', 'Step has failed events'], ['creating: Starting Spark', 'Step in progress']])
  }, timeoutMs)

  test('cluster show --full-dump-events', async () => {
    const before = await readdir(folder.path)
    expect(printed(await run(path, 'cluster', 'show', 'sample', '--full-dump-events'))).toMatch(/^Event log dump saved to file: event-logs/)
    const [dump = ''] = (await readdir(folder.path)).filter((name) => name.startsWith('event-logs') && !before.includes(name))
    const steps = JSON.parse(await readFile(join(folder.path, dump), 'utf8')) as { events: unknown[] }[]
    expect(steps).toMatchObject([
      { step_name: 'Launching instances', completed: 1, total: 1, successful: true },
      { step_name: 'Waiting for ssh', successful: false, events: [{ instance_name: 'sample-worker-001', successful: false, event_info: expect.stringMatching(/^no route to host\nError ID: [0-9a-f-]{36}\nError: no route to host\n/) }] },
      { step_name: 'Starting Spark', completed: 1, total: 3, successful: null, events: [{ successful: true, event_info: null }] },
    ])
  }, timeoutMs)

  test('a cluster that is not there, or is of another tenant, is told as such', async () => {
    expect(await run(path, 'cluster', 'show', 'of another')).toEqual({ code: 1, stdout: '', stderr: 'No matches found.\n' })
    const { code, stderr } = await run(path, 'cluster', 'show', '6d1c2f0e-0000-4000-8000-000000000001')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Object with \{'id': '6d1c2f0e-0000-4000-8000-000000000001'\} not found\nError ID: /)])
  }, timeoutMs)
})

const table = `
+----------------------------+--------------------------------------+
| Field                      | Value                                |
+----------------------------+--------------------------------------+
| Anti affinity              |                                      |
| Cluster template id        | None                                 |
| Description                |                                      |
| Id                         | 6d1c2f0e-0000-4000-8000-000000000001 |
| Image                      | None                                 |
| Info                       | {}                                   |
| Is protected               | False                                |
| Is public                  | False                                |
| Is transient               | False                                |
| Name                       | of another                           |
| Neutron management network | None                                 |
| Node groups                |                                      |
| Plugin name                | muster                               |
| Plugin version             | ${version.padEnd(36)} |
| Status                     | Validating                           |
| Use autoconfig             | False                                |
| User keypair id            | None                                 |
+----------------------------+--------------------------------------+
`.slice(1)

test('the table has a row for each thing that the client shows of a cluster', async () => {
  const shown = printed(await run('/v1.1/another', 'cluster', 'show', 'of another'))
  expect(shown.replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/, '6d1c2f0e-0000-4000-8000-000000000001')).toBe(table)
}, timeoutMs)

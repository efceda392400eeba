import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { openProvisioning } from './open-provisioning.js'
import type { Provisioning } from './provisioning.js'

// The examples of the specification of Sahara's event log, made by driving the library. README.md lists what differs.
let folder: string
let provisioning: Provisioning
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-provisioning-'))
  provisioning = await openProvisioning(`sqlite:${join(folder, 'history.db')}`)
})
afterEach(async () => {
  await provisioning.close()
  rmSync(folder, { recursive: true, force: true })
})

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const id = expect.stringMatching(/^[0-9a-f-]{36}$/)
const instances = (count: number): string[] => Array.from({ length: count }, (_, index) => `cluster-datanode-${String(index + 1).padStart(4, '0')}`)

const launching = { step_name: 'Launching instances', step_type: 'creating', completed: 1000, total: 1000, successful: true, created_at: time, started_at: time, completed_at: time, updated_at: time }
const waiting = { step_name: 'Waiting for ssh', step_type: 'creating', completed: 59, total: 1000, successful: null, created_at: time, started_at: time, completed_at: null, updated_at: time }

describe('the two examples of a cluster', () => {
  test.each([
    ['that goes on', 0, waiting, 'Spawning'],
    ['with errors', 2, { ...waiting, successful: false }, 'Error'],
  ])('%s', async (_, failures, second, status) => {
    const cluster = await provisioning.createCluster({ name: 'sample' })
    const launch = await cluster.step({ name: 'Launching instances', type: 'creating', total: 1000 })
    await Promise.all(instances(1000).map((instance) => launch.ok({ instance })))
    const ssh = await cluster.step({ name: 'Waiting for ssh', type: 'creating', total: 1000 })
    await Promise.all(instances(59).map((instance) => ssh.ok({ instance })))
    await Promise.all(instances(59 + failures).slice(59).map((instance) => ssh.fail({ instance, error: new Error('Trying to access failed') })))
    const row = await cluster.show()
    const steps = [
      { id: launch.id, cluster_id: cluster.id, ...launching },
      { id: ssh.id, cluster_id: cluster.id, ...second },
    ]
    expect(row).toMatchObject({ status, provisioning_progress: steps, provision_progress: steps })
    expect(row.provision_progress.map(({ summary }) => summary)).toEqual([expect.stringMatching(/^Launching instances completed 1000 out of 1000 in /), `Waiting for ssh: 59 out of 1000${failures > 0 ? ', 2 failed' : ''}`])
    expect(row.provision_progress.map(({ created_at: at }) => at)).toEqual(row.provision_progress.map(({ created_at: at }) => at).sort())
  })
})

test('the example of events, one of them an error', async () => {
  const cluster = await provisioning.createCluster({ name: 'sample' })
  const [namenode, datanode] = [crypto.randomUUID(), crypto.randomUUID()]
  const which = (instance: string, nodeGroupId: string): { instance: string; instanceId: string; nodeGroupId: string } => ({ instance, instanceId: crypto.randomUUID(), nodeGroupId })
  const launch = await cluster.step({ name: 'Launching instances', type: 'creating', total: 2 })
  await launch.ok(which('cluster-namenode-001', namenode))
  await launch.ok(which('cluster-datanode-001', datanode))
  const ssh = await cluster.step({ name: 'Waiting for ssh', type: 'creating', total: 2 })
  await ssh.fail({ ...which('cluster-datanode-001', datanode), error: new Error('Trying to access failed') })
  const { events } = await cluster.events()
  const event = { id, cluster_id: cluster.id, instance_id: id, event_info: null, successful: true, created_at: time, updated_at: null }
  expect([...events].sort((a, b) => (a.step_id === b.step_id ? 0 : a.step_id === launch.id ? -1 : 1))).toMatchObject([
    { ...event, provisioning_step_id: launch.id, provision_step_id: launch.id, step_id: launch.id, node_group_id: namenode, instance_name: 'cluster-namenode-001' },
    { ...event, provisioning_step_id: launch.id, node_group_id: datanode, instance_name: 'cluster-datanode-001' },
    { ...event, provisioning_step_id: ssh.id, node_group_id: datanode, instance_name: 'cluster-datanode-001', successful: false, event_info: expect.stringMatching(/^Trying to access failed\nError ID: [0-9a-f-]{36}\nError: Trying to access failed\n {4}at /) },
  ])
})

import { describe, expect, test } from '@jest/globals'

import type { ClusterHandle } from '../cluster-handle.js'
import type { NewStep } from '../store.js'
import { launching, names, oks } from './scene.test.support.js'
import type { Scene } from './scene.test.support.js'

export function situationsOfClusters({ open }: Scene): void {
  describe('clusters', () => {
    test('a new cluster is Validating and found by its id and its name', async () => {
      const provisioning = await open()
      const cluster = await provisioning.createCluster({ name: 'sample', description: 'of tests' })
      const row = await cluster.show()
      expect(row).toMatchObject({ name: 'sample', tenant_id: 'default', description: 'of tests', plugin_name: 'muster', status: 'Validating', status_description: '', provision_progress: [], provisioning_progress: [], pending_steps: [] })
      for (const which of [row.id, 'sample']) expect((await provisioning.cluster(which)).id).toBe(row.id)
    })

    test('a name is given once in a tenant, and is free again when its cluster is deleted', async () => {
      const provisioning = await open()
      const first = await provisioning.createCluster({ name: 'sample' })
      await expect(provisioning.createCluster({ name: 'sample' })).rejects.toMatchObject({ code: 'conflict' })
      await provisioning.createCluster({ name: 'sample', tenant: 'other' })
      await first.delete()
      expect((await provisioning.createCluster({ name: 'sample' })).id).not.toBe(first.id)
      await expect(first.show()).rejects.toMatchObject({ code: 'not_found' })
      await expect(first.delete()).rejects.toMatchObject({ code: 'not_found' })
    })

    test('a tenant sees its own clusters, steps and events only', async () => {
      const provisioning = await open()
      const cluster = await provisioning.createCluster({ name: 'sample', tenant: 'ann' })
      const step = await cluster.step(launching(2))
      await step.ok({ instance: 'i0' })
      const { store } = provisioning
      const id = step.id ?? ''
      for (const attempt of [
        () => provisioning.cluster(cluster.id, { tenant: 'ben' }),
        () => provisioning.cluster('sample'),
        () => provisioning.deleteCluster(cluster.id, { tenant: 'ben' }),
        () => provisioning.step(id, { tenant: 'ben' }),
        () => store.report(id, { instance: 'i1', successful: true }, { tenant: 'ben' }),
        () => store.renew(id, { tenant: 'ben' }),
        () => store.events(cluster.id, { tenant: 'ben' }),
        () => store.beginStep(cluster.id, launching(1), { tenant: 'ben' }),
      ]) await expect(attempt()).rejects.toMatchObject({ code: 'not_found' })
      expect((await provisioning.clusters()).clusters).toEqual([])
      expect((await cluster.steps())[0]?.completed).toBe(1)
    })

    test('pages of clusters, with their steps, show each once, though some are deleted meanwhile', async () => {
      const provisioning = await open()
      const made: ClusterHandle[] = []
      for (const name of names(7, 'c')) made.push(await provisioning.createCluster({ name }))
      await made[1]?.step(launching(3))
      const first = await provisioning.clusters({ limit: 3 })
      await made[2]?.delete() // the last of the page
      const second = await provisioning.clusters({ limit: 3, after: first.next ?? '' })
      const third = await provisioning.clusters({ limit: 3, after: second.next ?? '' })
      expect([first, second, third].flatMap(({ clusters }) => clusters.map(({ id }) => id)).sort()).toEqual(made.map(({ id }) => id).sort())
      expect(third.next).toBeNull()
      expect(first.clusters.flatMap(({ provision_progress: steps }) => steps.map(({ step_name: name }) => name))).toEqual(['Launching instances'])
    })
  })

  describe('steps', () => {
    test('a step counts its instances, is done when all went well, and the cluster with it', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      const step = await cluster.step(launching(3))
      expect(await cluster.show()).toMatchObject({ status: 'Spawning', provision_progress: [{ completed: 0, total: 3, successful: null, state: 'running', completed_at: null, duration_ms: null }] })
      await oks(step, ['i0', 'i1'])
      expect(await step.show()).toMatchObject({ completed: 2, successful: null, summary: 'Launching instances: 2 out of 3' })
      await step.ok({ instance: 'i2' })
      const done = await step.show()
      expect(done).toMatchObject({ completed: 3, successful: true, state: 'done', summary: expect.stringMatching(/^Launching instances completed 3 out of 3 in /) })
      expect(Date.parse(done?.completed_at ?? '') - Date.parse(done?.started_at ?? '')).toBe(done?.duration_ms)
      expect(await cluster.show()).toMatchObject({ status: 'Active' })
    })

    test.each([['creating', 'Spawning', 'Active'], ['scaling', 'Scaling', 'Active'], ['deleting', 'Deleting', 'Deleting']] as const)('%s makes the cluster %s, and in the end %s', async (type, while_, after) => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      const step = await cluster.step(launching(1, { type }))
      expect((await cluster.show()).status).toBe(while_)
      await step.ok({ instance: 'i0' })
      expect((await cluster.show()).status).toBe(after)
    })

    test('declared steps that have not begun are pending, and the cluster is Active after the last of them', async () => {
      const plugin = { name: 'spark', provisioningSteps: () => ({ creating: ['Launching instances', 'Waiting for ssh'] }) }
      const cluster = await (await open()).createCluster({ name: 'sample', plugin })
      expect((await cluster.show()).pending_steps.map(({ step_name: name }) => name)).toEqual(['Launching instances', 'Waiting for ssh'])
      await (await cluster.step(launching(1))).ok({ instance: 'i0' })
      expect(await cluster.show()).toMatchObject({ plugin_name: 'spark', status: 'Spawning', pending_steps: [{ step_name: 'Waiting for ssh', step_type: 'creating' }] })
      await (await cluster.step({ name: 'Waiting for ssh', type: 'creating', total: 1 })).ok({ instance: 'i0' })
      expect(await cluster.show()).toMatchObject({ status: 'Active', pending_steps: [] })
    })

    test('a step waits for the one of its type that is open, unless it is parallel or of another type', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      const first = await cluster.step(launching(2))
      const ssh: NewStep = { name: 'Waiting for ssh', type: 'creating', total: 1 }
      await expect(cluster.step(ssh)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('Launching instances') })
      await cluster.step({ ...ssh, type: 'deleting' })
      const beside = await cluster.step({ ...ssh, parallel: true })
      await beside.ok({ instance: 'i0' })
      await oks(first, ['i0', 'i1'])
      expect((await cluster.steps()).map(({ step_name, step_type, state }) => [step_name, step_type, state])).toEqual([
        ['Launching instances', 'creating', 'done'],
        ['Waiting for ssh', 'deleting', 'running'],
        ['Waiting for ssh', 'creating', 'done'],
      ])
    })

    test('all that begin the same step at once have one and the same', async () => {
      const [here, there] = [await open(), await open()]
      const cluster = await here.createCluster({ name: 'sample' })
      const other = await there.cluster('sample')
      const steps = await Promise.all(Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? cluster : other).step(launching(5))))
      expect(new Set(steps.map(({ id }) => id)).size).toBe(1)
      await expect(other.step(launching(6))).rejects.toMatchObject({ code: 'conflict' })
      expect(await cluster.steps()).toHaveLength(1)
    })
  })
}

import { describe, expect, test } from '@jest/globals'
import type { Logger } from '@muster/common'

import type { Provisioning } from '../provisioning.js'
import type { StepHandle } from '../step-handle.js'
import { eventCount, launching, names } from './scene.test.support.js'
import type { Scene } from './scene.test.support.js'

const ignore = (): void => {}

export function situationsOfReports({ open }: Scene): void {
  describe('reports', () => {
    test('a report that is repeated counts once', async () => {
      const [here, there] = [await open(), await open()]
      const cluster = await here.createCluster({ name: 'sample' })
      const step = await cluster.step(launching(5))
      const other = await there.step(step.id ?? '')
      await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? step : other).ok({ instance: 'i0', instanceId: 'one', nodeGroupId: 'workers' })))
      expect(await step.show()).toMatchObject({ completed: 1, failed: 0 })
      expect((await cluster.events()).events).toMatchObject([{ instance_name: 'i0', instance_id: 'one', node_group_id: 'workers', successful: true, event_info: null, updated_at: null, step_id: step.id, cluster_id: cluster.id }])
    })

    test('a failure says why, with the id that the log has, and makes the cluster Error', async () => {
      const lines: object[] = []
      const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: (fields) => void lines.push(fields) }
      const cluster = await (await open({ logger })).createCluster({ name: 'sample' })
      const step = await cluster.step(launching(2))
      await step.fail({ instance: 'i0', error: new Error('no route to host') })
      const [event] = (await cluster.events({ successful: false })).events
      const [message, id, ...stack] = event?.event_info?.split('\n') ?? []
      expect([message, id]).toEqual(['no route to host', `Error ID: ${event?.error_id}`])
      expect(stack.join('\n')).toMatch(/^Error: no route to host\n +at /)
      expect(lines).toMatchObject([{ errorId: event?.error_id, instance: 'i0' }])
      expect(await cluster.show()).toMatchObject({
        status: 'Error',
        status_description: `Creating cluster failed for the following reason(s): no route to host\nError ID: ${event?.error_id}`,
        provision_progress: [{ completed: 0, failed: 1, successful: false, state: 'failed', completed_at: null }],
      })
    })

    test('the last word of an instance counts: a failure that is mended does not stick', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      const step = await cluster.step(launching(2))
      await step.fail({ instance: 'i0', error: 'once' })
      await step.fail({ instance: 'i0', error: 'twice' })
      expect(await step.show()).toMatchObject({ failed: 1, successful: false })
      expect((await cluster.events()).events[0]?.event_info).toContain('twice')
      await step.ok({ instance: 'i0' })
      expect(await step.show()).toMatchObject({ completed: 1, failed: 0, successful: null })
      expect(await cluster.show()).toMatchObject({ status: 'Spawning', status_description: '' })
      await step.ok({ instance: 'i1' })
      expect(await step.show()).toMatchObject({ completed: 2, successful: true })
      expect((await cluster.events()).events[0]).toMatchObject({ event_info: null, error_id: null, updated_at: expect.any(String) })
    })

    test('a step that is over with failures goes on when its instances are tried again', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      const step = await cluster.step(launching(2))
      await step.fail({ instance: 'i0', error: 'x' })
      await step.ok({ instance: 'i1' })
      expect(await step.show()).toMatchObject({ state: 'failed', completed_at: expect.any(String) })
      await step.ok({ instance: 'i0' })
      expect(await step.show()).toMatchObject({ state: 'done', completed: 2, failed: 0 })
      expect((await cluster.show()).status).toBe('Active')
    })

    test('what is reported of a step that is done changes nothing and says so', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      const step = await cluster.step(launching(1))
      expect(await step.ok({ instance: 'i0' })).toMatchObject({ recorded: true, step: { completed: 1 } })
      expect(await step.fail({ instance: 'i0', error: 'late' })).toMatchObject({ recorded: false, step: { state: 'done' } })
      expect(await step.ok({ instance: 'i9' })).toMatchObject({ recorded: false })
      expect(await step.show()).toMatchObject({ completed: 1, failed: 0, state: 'done' })
      expect(await eventCount(cluster)).toBe(1)
    })

    test('more instances than the total are refused, and those beside them are not', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      const step = await cluster.step(launching(3))
      await step.fail({ instance: 'i0', error: 'x' })
      const outcomes = await Promise.allSettled(names(4, 'n').map((instance) => step.ok({ instance })))
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected'])
      expect(outcomes[2]).toMatchObject({ reason: { code: 'conflict' } })
      expect(await step.show()).toMatchObject({ completed: 2, failed: 1 })
      expect(await eventCount(cluster)).toBe(3)
    })

    test('many reporters in several connections are counted exactly', async () => {
      const all = await Promise.all(Array.from({ length: 4 }, () => open()))
      const cluster = await (all[0] as Provisioning).createCluster({ name: 'sample' })
      const { id } = await cluster.step(launching(400))
      const steps = await Promise.all(all.map((provisioning) => provisioning.step(id ?? '')))
      const at = (index: number): StepHandle => steps[index % 4] as StepHandle
      await Promise.all(names(400).map((instance, index) => (index % 10 === 0 ? at(index).fail({ instance, error: 'x' }) : at(index).ok({ instance }))))
      expect(await steps[0]?.show()).toMatchObject({ completed: 360, failed: 40, state: 'failed' })
      await Promise.all(names(400).map((instance, index) => at(index + 1).ok({ instance })))
      expect(await steps[0]?.show()).toMatchObject({ completed: 400, failed: 0, state: 'done' })
      expect(await eventCount(cluster)).toBe(400)
      expect((await cluster.show()).status).toBe('Active')
    })

    test('what runs for an instance is reported as it goes, and its result or error is the caller’s', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      const step = await cluster.step(launching(3))
      expect(await step.run('i0', () => 7)).toBe(7)
      const ours = new Error('ours')
      await expect(step.run('i1', () => Promise.reject(ours))).rejects.toBe(ours)
      await expect(step.run('i2', () => Promise.reject(new Error('\0')))).rejects.toThrow('\0')
      expect(await step.show()).toMatchObject({ completed: 1, failed: 2 })
      expect((await cluster.events({ successful: false })).events.map(({ event_info: info }) => info?.split('\n')[0]).sort()).toEqual([expect.stringContaining('NUL byte'), 'ours'])
    })

    test('a step that nobody reports to is incomplete, does not keep the next from beginning, and goes on with a late report', async () => {
      const cluster = await (await open({ reporterTimeoutMs: 1 })).createCluster({ name: 'sample' })
      const step = await cluster.step(launching(2))
      for await (const row of cluster.watch()) if (row.provision_progress[0]?.state === 'incomplete') break
      expect((await step.show())?.summary).toMatch(/^Launching instances: 0 out of 2, no report for /)
      const patient = await (await open()).cluster('sample')
      const next = await patient.step({ name: 'Waiting for ssh', type: 'creating', total: 1 })
      expect(await next.show()).toMatchObject({ state: 'running' })
      expect(await step.ok({ instance: 'i0' })).toMatchObject({ recorded: true, step: { completed: 1, state: 'running' } })
      expect(await step.renew()).toMatchObject({ recorded: true, step: { state: 'running' } })
    })
  })
}

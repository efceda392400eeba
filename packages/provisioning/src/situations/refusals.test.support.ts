import { describe, expect, test } from '@jest/globals'

import type { NewStep } from '../store.js'
import { eventCount, launching } from './scene.test.support.js'
import type { Scene } from './scene.test.support.js'

export function situationsOfRefusals({ open }: Scene): void {
  describe('what is wrong is refused with its reason, and nothing is stored', () => {
    const long = 'x'.repeat(81)
    test.each([
      ['a name that is too long', { name: long }, 'too_large'],
      ['an empty name', { name: '' }, 'invalid_argument'],
      ['a NUL byte in a name', { name: 'a\0b' }, 'invalid_argument'],
      ['a tenant that is too long', { name: 'a', tenant: 'x'.repeat(37) }, 'too_large'],
      ['a NUL byte in a description', { name: 'a', description: '\0' }, 'invalid_argument'],
      ['a declared type that there is not', { name: 'a', plugin: { name: 'p', provisioningSteps: () => ({ creating: [], creatin: [] }) } }, 'invalid_argument'],
    ])('of a cluster: %s', async (_, options, code) => {
      const provisioning = await open()
      await expect(provisioning.createCluster(options)).rejects.toMatchObject({ code })
      expect((await provisioning.clusters()).clusters).toEqual([])
    })

    test.each([
      ['a total of 0', { total: 0 }, 'invalid_argument'],
      ['a negative total', { total: -1 }, 'invalid_argument'],
      ['half an instance', { total: 1.5 }, 'invalid_argument'],
      ['a type that there is not', { type: 'creatin' }, 'invalid_argument'],
      ['a name that is too long', { name: long }, 'too_large'],
      ['a NUL byte', { name: '\0' }, 'invalid_argument'],
    ])('of a step: %s', async (_, more, code) => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      await expect(cluster.step(launching(1, more as Partial<NewStep>))).rejects.toMatchObject({ code })
      expect(await cluster.show()).toMatchObject({ status: 'Validating', provision_progress: [] })
    })

    test.each([
      ['an instance without a name', { instance: '' }, 'invalid_argument'],
      ['an instance with a name that is too long', { instance: long }, 'too_large'],
      ['an id that is too long', { instance: 'a', instanceId: 'x'.repeat(37) }, 'too_large'],
      ['a NUL byte', { instance: 'a', nodeGroupId: '\0' }, 'invalid_argument'],
      ['an event_info of 10 MB', { instance: 'a', successful: false, eventInfo: 'x'.repeat(10_000_000) }, 'too_large'],
      ['a NUL byte in event_info', { instance: 'a', successful: false, eventInfo: 'a\0' }, 'invalid_argument'],
    ])('of a report: %s', async (_, report, code) => {
      const provisioning = await open()
      const cluster = await provisioning.createCluster({ name: 'sample' })
      const step = await cluster.step(launching(1))
      await expect(provisioning.store.report(step.id ?? '', { successful: true, ...report })).rejects.toMatchObject({ code })
      expect(await eventCount(cluster)).toBe(0)
      expect(await step.show()).toMatchObject({ completed: 0, failed: 0 })
    })

    test('what there is not: a cluster, a step, a step of a deleted cluster; and a place in no list', async () => {
      const provisioning = await open()
      const cluster = await provisioning.createCluster({ name: 'sample' })
      const step = await cluster.step(launching(2))
      await expect(provisioning.cluster('none')).rejects.toMatchObject({ code: 'not_found' })
      await expect(provisioning.step('none')).rejects.toMatchObject({ code: 'not_found' })
      for (const after of ['x', '1.', '-1.x']) await expect(cluster.events({ after })).rejects.toMatchObject({ code: 'invalid_argument' })
      for (const limit of [0, 1001, 1.5]) await expect(provisioning.clusters({ limit })).rejects.toMatchObject({ code: 'invalid_argument' })
      await cluster.delete()
      for (const attempt of [() => step.ok({ instance: 'i0' }), () => step.fail({ instance: 'i0', error: 'x' }), () => step.renew(), () => step.show(), () => cluster.step(launching(1)), () => cluster.events()]) await expect(attempt()).rejects.toMatchObject({ code: 'not_found' })
    })
  })
}

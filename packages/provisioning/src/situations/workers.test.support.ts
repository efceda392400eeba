import { describe, expect, test } from '@jest/globals'

import type { WorkersView } from '../wait-for-workers.js'
import type { Scene } from './scene.test.support.js'

export function situationsOfWorkers({ open }: Scene): void {
  describe('waiting for workers', () => {
    class Workers implements WorkersView {
      readonly synced = true
      readonly #all: ReturnType<WorkersView['workers']>[number][] = []
      readonly #listeners = new Set<() => void>()
      workers(): ReturnType<WorkersView['workers']> {
        return this.#all
      }
      onChange(listener: () => void): () => void {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      }
      join(name: string, group = 'g'): void {
        this.#all.push({ group, name, hostname: 'h', memberId: crypto.randomUUID() })
        for (const listener of this.#listeners) listener()
      }
    }

    test('each worker of the group counts once, also when it is started again, until there are enough', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      const view = new Workers()
      view.join('a')
      view.join('other', 'elsewhere')
      const waiting = cluster.waitForWorkers({ type: 'creating', total: 3, view, group: 'g', deadlineMs: 60_000 })
      for await (const { provision_progress: [step] } of cluster.watch()) {
        if (step?.completed === 1) view.join('b')
        if (step?.completed === 2) {
          view.join('b')
          view.join('c'.repeat(100))
        }
        if (step?.state === 'done') break
      }
      expect(await waiting).toMatchObject({ step_name: 'Waiting for workers', completed: 3, total: 3, state: 'done' })
      expect((await cluster.events()).events.map(({ instance_name: name }) => name).sort()).toEqual(['a@h', 'b@h', expect.stringMatching(/^c{71}~[0-9a-f]{8}$/)])
    })

    test('at the deadline the step fails with how many are missing', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      const view = new Workers()
      view.join('a')
      await expect(cluster.waitForWorkers({ type: 'creating', total: 3, view, group: 'g', deadlineMs: 50 })).rejects.toMatchObject({ code: 'operation_timed_out', hint: expect.stringContaining('2 of 3 workers are missing') })
      expect(await cluster.show()).toMatchObject({ status: 'Error', status_description: expect.stringContaining("2 of 3 workers are missing in group 'g'"), provision_progress: [{ completed: 1, failed: 1, successful: false }] })
    })
  })
}

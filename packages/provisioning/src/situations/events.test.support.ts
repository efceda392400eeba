import { setTimeout as delay } from 'node:timers/promises'

import { describe, expect, test } from '@jest/globals'
import { openHistory } from '@muster/database/history'
import type { Transaction } from 'kysely'

import { migrations, tablesOf } from '../sql/tables.js'
import type { Tables } from '../sql/tables.js'
import { eventCount, launching, names, oks } from './scene.test.support.js'
import type { Scene } from './scene.test.support.js'

/** Looks into the tables, or changes them, as another process would. */
async function withTables<T>(url: string, work: (tables: Transaction<Tables>) => Promise<T>, kind: 'read' | 'write' = 'read'): Promise<T> {
  const history = await openHistory<Tables>(url, { tablesOf, migrations })
  try {
    return await history[kind](work as never)
  } finally {
    await history.close()
  }
}

export function situationsOfEvents({ open, url }: Scene): void {
  describe('events', () => {
    test('pages of events, of a cluster, of a step or of failures, show each once and oldest first', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      const first = await cluster.step(launching(20))
      for (const [index, instance] of names(20).entries()) await (index % 4 === 0 ? first.fail({ instance, error: 'x' }) : first.ok({ instance }))
      const second = await cluster.step({ name: 'Waiting for ssh', type: 'creating', total: 9 })
      await oks(second, names(5))
      const all = async (filter: { step?: string; successful?: boolean }): Promise<string[]> => {
        const found: string[] = []
        for (let after: string | undefined; ; ) {
          const { events, next } = await cluster.events({ ...filter, limit: 3, ...(after !== undefined && { after }) })
          found.push(...events.map(({ created_at: at, step_id: step, instance_name: name }) => `${at} ${step} ${name}`))
          if (next === null) return found
          after = next
        }
      }
      expect(await all({})).toHaveLength(25)
      expect(new Set(await all({})).size).toBe(25)
      expect((await all({})).map((line) => line.slice(0, 24))).toEqual([...(await all({})).map((line) => line.slice(0, 24))].sort())
      expect(await all({ step: second.id ?? '' })).toHaveLength(5)
      expect(await all({ successful: false })).toHaveLength(5)
      expect((await cluster.steps({ withEvents: true })).map(({ events }) => events?.length)).toEqual([20, 5])
      expect((await cluster.steps({ withEvents: true }))[0]?.events?.slice(0, 5).every(({ successful }) => !successful)).toBe(true)
      expect((await cluster.steps())[0]).not.toHaveProperty('events')
    })

    test('who watches a cluster sees it at once, after each change, and the end when it is deleted', async () => {
      const [here, there] = [await open(), await open()]
      const cluster = await here.createCluster({ name: 'sample' })
      const seen: string[] = []
      for await (const { status, provision_progress: steps } of (await there.cluster('sample')).watch()) {
        seen.push(`${status} ${steps[0]?.completed ?? '-'}`)
        if (seen.length === 1) await cluster.step(launching(2))
        else if (seen.length === 2) await (await cluster.step(launching(2))).ok({ instance: 'i0' })
        else await cluster.delete()
      }
      expect(seen).toEqual(['Validating -', 'Spawning 0', 'Spawning 1'])
    })
  })

  describe('erasing', () => {
    const countRows = (): Promise<{ events: number; steps: number; clusters: number }> => withTables(url(), async (tables) => {
      const count = async (table: keyof Tables): Promise<number> => (await tables.selectFrom(table).select((of) => of.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()).n
      return { events: await count('cluster_events'), steps: await count('cluster_provision_steps'), clusters: await count('clusters') }
    })
    const until = async (wanted: object): Promise<void> => {
      for (const end = performance.now() + 15_000; ; ) {
        const found = await countRows()
        if (JSON.stringify(found) === JSON.stringify(wanted)) return
        if (performance.now() > end) expect(found).toEqual(wanted)
        await delay(20)
      }
    }

    test('events of steps that are done go, those of steps that go on or have failed stay, and the counts stay', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      await oks(await cluster.step(launching(600)), names(600))
      const failed = await cluster.step({ name: 'Waiting for ssh', type: 'creating', total: 2 })
      await failed.fail({ instance: 'i0', error: 'x' })
      await failed.ok({ instance: 'i1' })
      await oks(await cluster.step({ name: 'Starting', type: 'creating', total: 3 }), names(2))
      const before = await cluster.steps()
      await Promise.all([open({ eraseEveryMs: 5, keepEventsMs: 0 }), open({ eraseEveryMs: 5, keepEventsMs: 0 })])
      await until({ events: 4, steps: 3, clusters: 1 })
      expect(await cluster.steps()).toEqual(before)
      expect(before[0]).toMatchObject({ completed: 600, state: 'done' })
    })

    test('events are kept as long as was asked for', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      await (await cluster.step(launching(1))).ok({ instance: 'i0' })
      const gone = await (await open()).createCluster({ name: 'gone' })
      await (await gone.step(launching(2))).fail({ instance: 'i0', error: 'x' })
      await gone.delete()
      await open({ eraseEveryMs: 5, keepEventsMs: 3_600_000 })
      await until({ events: 1, steps: 1, clusters: 1 }) // what is deleted goes at once
      expect(await eventCount(cluster)).toBe(1)
    })

    test('one that has begun to erase and is no more does not keep others from it for ever', async () => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      await (await cluster.step(launching(1))).ok({ instance: 'i0' })
      const setLease = (lease: number): Promise<unknown> => withTables(url(), (tables) => tables.insertInto('cluster_eraser').values({ only: 1, holder: 'dead', until: lease }).onConflict((conflict) => conflict.column('only').doUpdateSet({ until: lease })).execute(), 'write')
      await setLease(Date.now() + 3_600_000)
      await open({ eraseEveryMs: 5, keepEventsMs: 0 })
      for (let rounds = 0; rounds < 5; rounds += 1) {
        await delay(20)
        expect(await countRows()).toMatchObject({ events: 1 })
      }
      await setLease(Date.now() - 1)
      await until({ events: 0, steps: 1, clusters: 1 })
    })
  })

  test('with the event log disabled clusters are kept, nothing else is written, and calls say so', async () => {
    const provisioning = await open({ eventLog: false })
    expect(provisioning.eventLog).toBe(false)
    const cluster = await provisioning.createCluster({ name: 'sample' })
    const step = await cluster.step(launching(1))
    const outcomes = [await step.ok({ instance: 'i0' }), await step.fail({ instance: 'i0', error: 'x' }), await step.renew()]
    expect(outcomes).toEqual(Array(3).fill({ recorded: false, step: null }))
    expect(await step.run('i0', () => 7)).toBe(7)
    expect(await step.show()).toBeNull()
    expect(await (await (await open()).cluster('sample')).show()).toMatchObject({ status: 'Validating', provision_progress: [] })
    expect(await eventCount(cluster)).toBe(0)
  })
}

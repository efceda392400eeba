import { setTimeout as delay } from 'node:timers/promises'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Logger } from '@muster/common'
import { openHistory } from '@muster/database/history'
import type { Transaction } from 'kysely'

import type { ClusterHandle } from './cluster-handle.js'
import { openProvisioning } from './open-provisioning.js'
import type { ProvisioningOptions } from './open-provisioning.js'
import type { Provisioning } from './provisioning.js'
import type { StepHandle } from './step-handle.js'
import { migrations, tablesOf } from './sql/tables.js'
import type { Tables } from './sql/tables.js'
import type { NewStep } from './store.js'
import type { WorkersView } from './wait-for-workers.js'

const ignore = (): void => {}

/** Looks into the tables, or changes them, as another process would. */
async function withTables<T>(url: string, work: (tables: Transaction<Tables>) => Promise<T>, kind: 'read' | 'write' = 'read'): Promise<T> {
  const history = await openHistory<Tables>(url, { tablesOf, migrations })
  try {
    return await history[kind](work as never)
  } finally {
    await history.close()
  }
}

/** What holds on every database. `url`: of a database of its own for each test. */
export function situationsOfProvisioning(url: () => string): void {
  let opened: Provisioning[]

  beforeEach(() => {
    opened = []
  })
  afterEach(() => Promise.all(opened.map((provisioning) => provisioning.close())))

  async function open(options: ProvisioningOptions = {}): Promise<Provisioning> {
    const provisioning = await openProvisioning(url(), options)
    opened.push(provisioning)
    return provisioning
  }
  const launching = (total: number, more: Partial<NewStep> = {}): NewStep => ({ name: 'Launching instances', type: 'creating', total, ...more })
  const oks = (step: StepHandle, names: readonly string[]): Promise<unknown> => Promise.all(names.map((instance) => step.ok({ instance })))
  const names = (count: number, prefix = 'i'): string[] => Array.from({ length: count }, (_, index) => `${prefix}${index}`)
  const eventCount = async (cluster: ClusterHandle): Promise<number> => (await cluster.events({ limit: 1000 })).events.length

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
      expect(done).toMatchObject({ completed: 3, successful: true, state: 'done', summary: 'Launching instances completed 3 out of 3 in less than a second' })
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

  describe('what is wrong is refused with its reason, and nothing is stored', () => {
    const long = 'x'.repeat(81)
    test.each([
      ['a name that is too long', { name: long }, 'too_large'],
      ['an empty name', { name: '' }, 'invalid_argument'],
      ['a NUL byte in a name', { name: 'a\0b' }, 'invalid_argument'],
      ['a tenant that is too long', { name: 'a', tenant: 'x'.repeat(37) }, 'too_large'],
      ['a NUL byte in a description', { name: 'a', description: '\0' }, 'invalid_argument'],
      ['a declared type that there is not', { name: 'a', plugin: { name: 'p', provisioningSteps: () => ({ creatin: [] }) as object } }, 'invalid_argument'],
    ])('of a cluster: %s', async (_, options, code) => {
      const provisioning = await open()
      await expect(provisioning.createCluster(options)).rejects.toMatchObject({ code })
      expect((await provisioning.clusters()).clusters).toEqual([])
    })

    test.each([
      ['a total of 0', { total: 0 }, 'invalid_argument'],
      ['a negative total', { total: -1 }, 'invalid_argument'],
      ['half an instance', { total: 1.5 }, 'invalid_argument'],
      ['a type that there is not', { type: 'creatin' as never }, 'invalid_argument'],
      ['a name that is too long', { name: long }, 'too_large'],
      ['a NUL byte', { name: '\0' }, 'invalid_argument'],
    ])('of a step: %s', async (_, more, code) => {
      const cluster = await (await open()).createCluster({ name: 'sample' })
      await expect(cluster.step(launching(1, more))).rejects.toMatchObject({ code })
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

import { Conflict, NotFound } from '@muster/common'
import { sql } from 'kysely'
import type { Transaction } from 'kysely'

import type { Report } from '../store.js'
import { settle, stepsOf, takeCluster } from './settle.js'
import type { StoredEvent, StoredStep } from './to-rows.js'
import type { Tables } from './tables.js'

/** Undoes the transaction: the step is done, and what was reported of it changes nothing. */
export class StepIsDone extends Error {
  constructor(readonly step: StoredStep) {
    super(`Step '${step.step_name}' is done`)
  }
}

interface Deltas {
  readonly completed: number
  readonly failed: number
}

/**
 * Stores what instances of one step have to say, one report an instance, and counts it. The events come first and the step's row last, so that
 * reporters of one step wait for each other no longer than a commit takes. @throws NotFound, Conflict, StepIsDone: then nothing may be stored
 */
export async function record(tables: Transaction<Tables>, step: StoredStep, reports: readonly Report[], now: number): Promise<StoredStep> {
  const sorted = [...reports].sort((a, b) => (a.instance < b.instance ? -1 : 1)) // all take the rows in one order
  const { fresh, changed } = await writeEvents(tables, step, sorted, now)
  const deltas = {
    completed: count(fresh, true) + count(changed, true) - count(changed, false),
    failed: count(fresh, false) + count(changed, false) - count(changed, true),
  }
  const after = await countReports(tables, step, deltas, now)
  const before = successfulOf({ ...after, completed: after.completed - deltas.completed, failed: after.failed - deltas.failed })
  if (after.successful !== before) {
    const cluster = await takeCluster(tables, after.cluster_id, after.tenant_id)
    await settle(tables, cluster, await stepsOf(tables, [cluster.id]), now)
  }
  return after
}

const count = (reports: readonly Report[], successful: boolean): number => reports.filter((report) => report.successful === successful).length

const successfulOf = ({ completed, failed, total }: Pick<StoredStep, 'completed' | 'failed' | 'total'>): number | null => (failed > 0 ? 0 : completed === total ? 1 : null)

/** `fresh`: of instances that had not reported; `changed`: whose word is another than before. */
async function writeEvents(tables: Transaction<Tables>, step: StoredStep, reports: readonly Report[], now: number): Promise<{ fresh: Report[]; changed: Report[] }> {
  const inserted = await tables
    .insertInto('cluster_events')
    .values(reports.map((report) => toEvent(step, report, now)))
    .onConflict((conflict) => conflict.columns(['step_id', 'instance_name']).doNothing())
    .returning('instance_name')
    .execute()
  const names = new Set(inserted.map(({ instance_name: name }) => name))
  const known = reports.filter(({ instance }) => !names.has(instance))
  const changed: Report[] = []
  if (known.length > 0) {
    const of = tables.updateTable('cluster_events').where('step_id', '=', step.id)
    // Others that report the same instances wait here, and what is read is the last word.
    const words = await of
      .set((event) => ({ successful: event.ref('successful') }))
      .where('instance_name', 'in', known.map(({ instance }) => instance))
      .returning(['instance_name', 'successful'])
      .execute()
    const wentWell = new Map(words.map(({ instance_name: name, successful }) => [name, successful === 1]))
    for (const report of known) {
      const isSame = wentWell.get(report.instance) === report.successful
      if (isSame && report.successful) continue
      const { successful, event_info, error_id } = toEvent(step, report, now)
      await of.set({ successful, event_info, error_id, updated_at: now }).where('instance_name', '=', report.instance).execute()
      if (!isSame) changed.push(report)
    }
  }
  return { fresh: reports.filter(({ instance }) => names.has(instance)), changed }
}

function toEvent(step: StoredStep, { instance, instanceId, nodeGroupId, successful, eventInfo, errorId }: Report, now: number): StoredEvent {
  const ids = { id: crypto.randomUUID(), cluster_id: step.cluster_id, step_id: step.id, instance_name: instance, instance_id: instanceId ?? null, node_group_id: nodeGroupId ?? null }
  return { ...ids, successful: successful ? 1 : 0, event_info: eventInfo ?? null, error_id: errorId ?? null, created_at: now, updated_at: null }
}

/** Adds to the counters; what follows from them is computed in the same statement, from what others have committed. */
async function countReports(tables: Transaction<Tables>, { id }: StoredStep, deltas: Deltas, now: number): Promise<StoredStep> {
  const [completed, failed] = [sql<number>`completed + ${deltas.completed}`, sql<number>`failed + ${deltas.failed}`]
  const after = await tables
    .updateTable('cluster_provision_steps')
    .set({
      completed,
      failed,
      successful: sql<number | null>`CASE WHEN ${failed} > 0 THEN 0 WHEN ${completed} = total THEN 1 ELSE NULL END`,
      completed_at: sql<number | null>`CASE WHEN ${completed} + ${failed} = total THEN coalesce(completed_at, ${now}) ELSE NULL END`,
      updated_at: now,
      renewed_at: now,
    })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .where((of) => of.or([of('successful', 'is', null), of('successful', '=', 0)]))
    .where(sql<boolean>`${completed} + ${failed} <= total`)
    .returningAll()
    .executeTakeFirst()
  return after ?? (await refuse(tables, id))
}

async function refuse(tables: Transaction<Tables>, id: string): Promise<never> {
  const step = await tables.selectFrom('cluster_provision_steps').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  if (!step) throw new NotFound(`Step '${id}'`)
  if (step.successful === 1) throw new StepIsDone(step)
  throw new Conflict(`${step.total} instances of step '${step.step_name}' have reported, which is its total`, { hint: 'An instance that is tried again reports under the same name.' })
}

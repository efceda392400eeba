import { NotFound } from '@muster/common'
import type { Transaction } from 'kysely'

import { describeError, statusOf } from '../progress.js'
import type { StepType } from '../rows.js'
import type { Reading } from './clock.js'
import { declaredOf } from './to-rows.js'
import type { StoredCluster, StoredStep } from './to-rows.js'
import type { Tables } from './tables.js'

/** Keeps every other writer of that cluster's row out until the transaction is over. @throws NotFound */
export async function takeCluster(tables: Transaction<Tables>, id: string, tenant: string): Promise<StoredCluster> {
  const cluster = await tables
    .updateTable('clusters')
    .set((of) => ({ updated_at: of.ref('updated_at') }))
    .where('id', '=', id)
    .where('tenant_id', '=', tenant)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (!cluster) throw new NotFound(`Cluster '${id}'`)
  return cluster
}

/** Of these clusters, in their order. */
export const stepsOf = (tables: Reading, clusters: readonly string[]): Promise<StoredStep[]> =>
  tables.selectFrom('cluster_provision_steps').selectAll().where('cluster_id', 'in', clusters).where('deleted_at', 'is', null).orderBy('cluster_id').orderBy('position').execute()

/** Brings the status of a cluster that was taken in line with its steps. */
export async function settle(tables: Transaction<Tables>, cluster: StoredCluster, steps: readonly StoredStep[], now: number): Promise<void> {
  const seen = steps.map(({ id, step_name, step_type, successful }) => ({ id, step_name, step_type: step_type as StepType, successful: successful === null ? null : successful === 1 }))
  const { status, failed } = statusOf(seen, declaredOf(cluster))
  const description = failed ? describeError(failed.step_type, await reasonOf(tables, failed.id)) : ''
  if (status === cluster.status && description === cluster.status_description) return
  await tables.updateTable('clusters').set({ status, status_description: description, updated_at: now }).where('id', '=', cluster.id).execute()
}

/** What the first that failed had to say. */
async function reasonOf(tables: Transaction<Tables>, step: string): Promise<string | null> {
  const failures = tables.selectFrom('cluster_events').select('event_info').where('step_id', '=', step).where('successful', '=', 0)
  return (await failures.orderBy('created_at').orderBy('id').limit(1).executeTakeFirst())?.event_info ?? null
}

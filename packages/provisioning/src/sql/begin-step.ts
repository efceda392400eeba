import { Conflict } from '@muster/common'
import type { Transaction } from 'kysely'

import type { NewStep } from '../store.js'
import { settle, stepsOf, takeCluster } from './settle.js'
import { isSilent } from './to-rows.js'
import type { StoredStep } from './to-rows.js'
import type { Tables } from './tables.js'

/** Begins a step, or finds the open one that is the same: so it may be repeated, and called by all of its reporters. @throws NotFound, Conflict */
export async function beginStep(tables: Transaction<Tables>, clusterId: string, { name, type, total, parallel = false }: NewStep, { tenant, reporterTimeoutMs, now }: { readonly tenant: string; readonly reporterTimeoutMs: number; readonly now: number }): Promise<StoredStep> {
  const cluster = await takeCluster(tables, clusterId, tenant)
  const steps = await stepsOf(tables, [cluster.id])
  const open = steps.filter(({ step_type, successful, completed_at }) => step_type === type && successful === null && completed_at === null)
  const same = open.find(({ step_name }) => step_name === name)
  if (same && same.total !== total) throw new Conflict(`Step '${name}' is open with a total of ${same.total}, not ${total}`, { hint: 'Give the same total to join it.' })
  if (same) return renewStep(tables, same.id, now)
  const other = open.find((step) => !isSilent(step, now))
  if (other && !parallel) throw new Conflict(`Step '${other.step_name}' is still open: ${other.completed} out of ${other.total}`, { hint: 'Steps of one type come one after the other; parallel lets them go on beside each other.' })
  const last = steps.at(-1)
  const created = Math.max(now, last?.created_at ?? 0)
  const step: StoredStep = {
    id: crypto.randomUUID(),
    cluster_id: cluster.id,
    tenant_id: tenant,
    position: (last?.position ?? 0) + 1,
    step_name: name,
    step_type: type,
    completed: 0,
    failed: 0,
    total,
    successful: null,
    created_at: created,
    completed_at: null,
    updated_at: created,
    renewed_at: now,
    reporter_timeout_ms: reporterTimeoutMs,
    erased: 0,
    deleted_at: null,
  }
  await tables.insertInto('cluster_provision_steps').values(step).execute()
  await settle(tables, cluster, [...steps, step], now)
  return step
}

const renewStep = (tables: Transaction<Tables>, id: string, now: number): Promise<StoredStep> =>
  tables.updateTable('cluster_provision_steps').set({ renewed_at: now }).where('id', '=', id).returningAll().executeTakeFirstOrThrow()

import type { ClusterRow, ClusterStatus, DeclaredSteps, EventRow, StepRow, StepState, StepType } from '../rows.js'
import { pendingSteps } from '../progress.js'
import { summaryOf } from '../summary.js'
import type { Tables } from './tables.js'

type Stored = { [Name in keyof Tables]: Tables[Name] }
export type StoredStep = Stored['cluster_provision_steps']
export type StoredCluster = Stored['clusters']
/** What is told of a step. */
export type ShownStep = Omit<StoredStep, 'erased' | 'deleted_at'>
export type StoredEvent = Stored['cluster_events']

const timeOf = (ms: number): string => new Date(ms).toISOString()
const truthOf = (value: number | null): boolean | null => (value === null ? null : value === 1)

export const declaredOf = ({ provisioning_steps: steps }: StoredCluster): DeclaredSteps => JSON.parse(steps) as DeclaredSteps

/** True when its reporters have been silent for too long. */
export const isSilent = ({ completed_at: over, renewed_at: renewed, reporter_timeout_ms: timeout }: Pick<StoredStep, 'completed_at' | 'renewed_at' | 'reporter_timeout_ms'>, now: number): boolean => over === null && now - renewed > timeout

function stateOf(step: ShownStep, now: number): StepState {
  if (step.successful === 1) return 'done'
  if (step.completed_at === null && isSilent(step, now)) return 'incomplete'
  return step.successful === 0 ? 'failed' : 'running'
}

export function toStepRow(step: ShownStep, now: number, events?: readonly EventRow[]): StepRow {
  const { id, cluster_id, tenant_id, step_name, completed, failed, total, created_at: begun, completed_at: over, updated_at: updated } = step
  const begunAt = timeOf(begun)
  const [state, duration] = [stateOf(step, now), over === null ? null : Math.max(0, over - begun)]
  const row: StepRow = {
    id,
    cluster_id,
    tenant_id,
    step_name,
    step_type: step.step_type as StepType,
    completed,
    failed,
    total,
    successful: truthOf(step.successful),
    state,
    created_at: begunAt,
    started_at: begunAt,
    completed_at: over === null ? null : timeOf(over),
    duration_ms: duration,
    updated_at: timeOf(updated),
    summary: summaryOf({ step_name, completed, failed, total, duration_ms: duration, state }, now - step.renewed_at),
  }
  return events ? { ...row, events } : row
}

/** `steps`: in their order. */
export function toClusterRow(cluster: StoredCluster, steps: readonly StepRow[]): ClusterRow {
  const { id, tenant_id, name, description, plugin_name, status, status_description, created_at: created, updated_at: updated } = cluster
  return {
    id,
    tenant_id,
    name: name ?? '',
    description,
    plugin_name,
    status: status as ClusterStatus,
    status_description,
    created_at: timeOf(created),
    updated_at: timeOf(updated),
    provision_progress: steps,
    provisioning_progress: steps,
    pending_steps: pendingSteps(steps, declaredOf(cluster)),
  }
}

export function toEventRow(event: StoredEvent): EventRow {
  const { id, cluster_id, step_id, node_group_id, instance_id, instance_name, event_info, error_id, created_at: created, updated_at: updated } = event
  return {
    id,
    cluster_id,
    step_id,
    provision_step_id: step_id,
    provisioning_step_id: step_id,
    node_group_id,
    instance_id,
    instance_name,
    successful: event.successful === 1,
    event_info,
    error_id,
    created_at: timeOf(created),
    updated_at: updated === null ? null : timeOf(updated),
  }
}

import type { ClusterRow, EventRow, StepRow } from '@muster/provisioning'

import { isObject } from './is-object.js'

const areTexts = (row: Readonly<Record<string, unknown>>, ...keys: readonly string[]): boolean => keys.every((key) => typeof row[key] === 'string')
const areNumbers = (row: Readonly<Record<string, unknown>>, ...keys: readonly string[]): boolean => keys.every((key) => typeof row[key] === 'number')

export const isEvent = (value: unknown): value is EventRow => isObject(value) && areTexts(value, 'id', 'cluster_id', 'step_id', 'instance_name', 'created_at') && typeof value.successful === 'boolean'

export const isStep = (value: unknown): value is StepRow =>
  isObject(value) && areTexts(value, 'id', 'cluster_id', 'tenant_id', 'step_name', 'step_type', 'state', 'summary', 'created_at') && areNumbers(value, 'completed', 'failed', 'total') && (value.events === undefined || (Array.isArray(value.events) && value.events.every(isEvent)))

export const isCluster = (value: unknown): value is ClusterRow =>
  isObject(value) && areTexts(value, 'id', 'tenant_id', 'name', 'status', 'status_description', 'created_at') && Array.isArray(value.provision_progress) && value.provision_progress.every(isStep) && Array.isArray(value.pending_steps)

/** What became of one of many reports. */
export interface ReportOutcome {
  readonly recorded: boolean
  /** Why it was refused, as a word and in words; null: it was not. */
  readonly error: string | null
  readonly detail: string | null
}

const isOutcome = (value: unknown): value is ReportOutcome => isObject(value) && typeof value.recorded === 'boolean' && (value.error === null || areTexts(value, 'error', 'detail'))

export const isRecorded = (value: unknown): value is { readonly recorded: boolean; readonly step: StepRow | null } => isObject(value) && typeof value.recorded === 'boolean' && (value.step === null || isStep(value.step))

export const areRecorded = (value: unknown): value is { readonly reports: readonly ReportOutcome[]; readonly steps: readonly StepRow[] } =>
  isObject(value) && Array.isArray(value.reports) && value.reports.every(isOutcome) && Array.isArray(value.steps) && value.steps.every(isStep)

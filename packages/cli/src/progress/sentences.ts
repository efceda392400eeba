import type { ClusterRow, PendingStep, StepRow } from '@muster/provisioning'

import { safeText } from '../safe-text.js'
import type { FailuresByStep } from './failures.js'
import { reasonOf } from './failures.js'

/** How far a step is, and below it what failed. */
export function stepSentences(step: StepRow, failures: FailuresByStep): string[] {
  const events = failures.get(step.id)?.events ?? []
  const lines = events.map((event) => `  ${event.instance_name} failed: ${reasonOf(event)}${event.error_id === null ? '' : `, error id ${event.error_id}`}`)
  const more = events.length > 0 && step.failed > events.length ? [`  and ${step.failed - events.length} more`] : []
  return [step.summary, ...lines, ...more].map(safeText)
}

export const pendingSentence = ({ step_name: name }: PendingStep): string => safeText(`${name}: pending`)

/** A cluster for what is no terminal. */
export function sentences({ name, status, provision_progress: steps, pending_steps: pending }: ClusterRow, failures: FailuresByStep): string[] {
  return [safeText(`${name}: ${status}`), ...steps.flatMap((step) => stepSentences(step, failures)), ...pending.map(pendingSentence)]
}

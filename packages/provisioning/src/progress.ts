import type { ClusterStatus, DeclaredSteps, PendingStep, StepType } from './rows.js'

/** What the rules look at of a step. */
export interface Step {
  readonly step_name: string
  readonly step_type: StepType
  readonly successful: boolean | null
}

const statusWhile = { creating: 'Spawning', scaling: 'Scaling', deleting: 'Deleting' } as const satisfies Record<StepType, ClusterStatus>

/**
 * The steps of what goes on now, of all in their order: those of the last type, from where it was begun. It is begun anew when a step comes again
 * that had gone well; one that had failed is tried again.
 */
export function currentRun<S extends Step>(steps: readonly S[]): readonly S[] {
  let from = 0
  const done = new Set<string>() // since then
  for (const [index, { step_type, step_name, successful }] of steps.entries()) {
    if (step_type !== steps[from]?.step_type || done.has(step_name)) {
      from = index
      done.clear()
    }
    if (successful === true) done.add(step_name)
  }
  return steps.slice(from)
}

/** Declared steps of what goes on, or before all of creating, that have not begun. */
export function pendingSteps(steps: readonly Step[], declared: DeclaredSteps): readonly PendingStep[] {
  const run = currentRun(steps)
  const type = run[0]?.step_type ?? 'creating'
  const begun = new Set(run.map(({ step_name }) => step_name))
  return (declared[type] ?? []).filter((name) => !begun.has(name)).map((name) => ({ step_name: name, step_type: type }))
}

/** Where a cluster is, by its steps; with the failed one when that is why. */
export function statusOf<S extends Step>(steps: readonly S[], declared: DeclaredSteps): { readonly status: ClusterStatus; readonly failed?: S } {
  const run = currentRun(steps)
  const last = run.at(-1)
  if (!last) return { status: 'Validating' }
  // A failed step that was begun again later is judged by that.
  const failedAt = run.findLastIndex(({ step_name, successful }, index) => successful === false && !run.slice(index + 1).some((later) => later.step_name === step_name))
  const failed = run[failedAt]
  if (failed && run.slice(failedAt).every(({ successful }) => successful !== null)) return { status: 'Error', failed }
  const isOver = run.every(({ successful }) => successful !== null) && pendingSteps(steps, declared).length === 0
  return { status: isOver && last.step_type !== 'deleting' ? 'Active' : statusWhile[last.step_type] }
}

const gerunds = { creating: 'Creating', scaling: 'Scaling', deleting: 'Deleting' } as const satisfies Record<StepType, string>

/** What `status_description` says of a failure: without its stack. */
export function describeError(type: StepType, eventInfo: string | null): string {
  const info = eventInfo ?? 'no reason was given'
  const [head] = /^.*?\nError ID: [^\n]*/s.exec(info) ?? [info]
  return `${gerunds[type]} cluster failed for the following reason(s): ${head}`
}

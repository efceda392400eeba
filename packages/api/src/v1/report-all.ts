import { httpStatusByCode, isMusterError } from '@muster/common'
import type { ProvisioningStore, Report, StepRow, TenantOptions } from '@muster/provisioning'

/** What one instance has to say, as it is sent. */
export interface ReportRequest {
  readonly step_id?: string
  readonly instance_name: string
  readonly instance_id?: string
  readonly node_group_id?: string
  readonly successful: boolean
  readonly event_info?: string
  readonly error_id?: string
}

export const toReport = ({ instance_name: instance, instance_id: instanceId, node_group_id: nodeGroupId, successful, event_info: eventInfo, error_id: errorId }: ReportRequest): Report => ({ instance, instanceId, nodeGroupId, successful, eventInfo, errorId })

/** What became of one of many. */
export interface ReportOutcome {
  readonly instance_name: string
  readonly recorded: boolean
  /** Why it was refused; null: it was not. */
  readonly error: string | null
  readonly detail: string | null
}

export interface ReportOutcomes {
  /** In the order of the reports. */
  readonly reports: readonly ReportOutcome[]
  /** How far the steps are. */
  readonly steps: readonly StepRow[]
}

/**
 * Stores many reports. One that is refused does not keep the others from being stored. `stepOf` throws for a step that it may not be.
 * @throws BackendUnreachable and its like: then all may be sent again
 */
export async function reportAll(store: ProvisioningStore, some: readonly ReportRequest[], stepOf: (report: ReportRequest) => string, tenant: TenantOptions): Promise<ReportOutcomes> {
  const steps = new Map<string, StepRow>()
  const settled = await Promise.allSettled(some.map(async (report) => store.report(stepOf(report), toReport(report), tenant)))
  const reports = settled.map((outcome, index): ReportOutcome => {
    const name = some[index]?.instance_name ?? ''
    if (outcome.status === 'fulfilled') {
      const { recorded, step } = outcome.value
      if (step) steps.set(step.id, step)
      return { instance_name: name, recorded, error: null, detail: null }
    }
    const error: unknown = outcome.reason
    if (!isMusterError(error) || httpStatusByCode[error.code] >= 500) throw error
    return { instance_name: name, recorded: false, error: error.code, detail: error.message }
  })
  return { reports, steps: [...steps.values()] }
}

import { compareText } from '@muster/common'
import type { ClusterRow, EventRow, ProvisioningStore, StepRow } from '@muster/provisioning'

/** Of one step: as many of its failures as are to be shown, the oldest first. */
export interface Failures {
  readonly events: readonly EventRow[]
  /** By this one sees whether they are still those. */
  readonly asOf: string
}

export type FailuresByStep = ReadonlyMap<string, Failures>

const asOf = ({ failed, updated_at: at }: StepRow): string => `${failed} ${at}`

/** Reads them; those of steps that are as they were are taken from `known`. */
export async function readFailures(store: ProvisioningStore, { id, tenant_id: tenant, provision_progress: steps }: ClusterRow, limit: number, known: FailuresByStep = new Map(), signal?: AbortSignal): Promise<FailuresByStep> {
  const read = async (step: StepRow): Promise<[string, Failures]> => {
    const before = known.get(step.id)
    if (before?.asOf === asOf(step)) return [step.id, before]
    const { events } = await store.events(id, { tenant, step: step.id, successful: false, limit, signal })
    return [step.id, { events: [...events].sort(byTimeAndName), asOf: asOf(step) }]
  }
  return new Map(limit === 0 ? [] : await Promise.all(steps.filter(({ failed }) => failed > 0).map(read)))
}

/** Those of one commit have one time. */
const byTimeAndName = (a: EventRow, b: EventRow): number => compareText(a.created_at, b.created_at) || a.instance_name.localeCompare(b.instance_name, 'en', { numeric: true })

/** Why, without the id and the stack behind it, on one line. */
export function reasonOf({ event_info: info }: EventRow): string {
  const [head = ''] = (info ?? '').split(/\n?Error ID: /)
  return head.trim().replace(/\s+/g, ' ') || 'no reason was given'
}

import type { ClusterRow, StepRow } from '@muster/provisioning'

import type { Column } from '../output/list-printer.js'
import { down, laggy, up } from '../output/marks.js'
import type { Mark, Marks } from '../output/marks.js'

const marksOfStatus: Readonly<Record<string, Mark>> = { Active: up, Error: down, Spawning: laggy, Scaling: laggy, Deleting: laggy, Validating: laggy }

export const statusMarks: Marks = (status) => marksOfStatus[status]

/** How far the step is that goes on, or was the last. */
const lastStep = ({ provision_progress: steps }: ClusterRow): StepRow | undefined => steps.findLast(({ completed_at: over }) => over === null) ?? steps.at(-1)

/** What is listed of a cluster. */
export const clusterColumns: readonly Column<ClusterRow>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'Id', value: ({ id }) => id },
  { title: 'Status', value: ({ status }) => status, marks: statusMarks },
  { title: 'Step', value: (cluster) => lastStep(cluster)?.summary ?? null },
  { title: 'Created At', value: ({ created_at: at }) => at },
  { title: 'Plugin Name', value: ({ plugin_name: plugin }) => plugin, onRequest: true },
  { title: 'Tenant', value: ({ tenant_id: tenant }) => tenant, onRequest: true },
  { title: 'Description', value: ({ description }) => description, onRequest: true },
  { title: 'Status Description', value: ({ status_description: why }) => why, onRequest: true },
  { title: 'Updated At', value: ({ updated_at: at }) => at, onRequest: true },
]

/** What is shown of one. */
export const clusterFields: readonly Column<ClusterRow>[] = [
  ...clusterColumns.filter(({ title }) => title !== 'Step'),
  { title: 'Steps', value: ({ provision_progress: steps, pending_steps: pending }) => [...steps.map(({ summary }) => summary), ...pending.map(({ step_name: name }) => `${name}: pending`)] },
]

import { stepTypes } from '@muster/provisioning'
import type { ClusterRow, EventRow, PendingStep, StepRow } from '@muster/provisioning'

import type { ReportOutcome, ReportOutcomes } from '../v1/report-all.js'
import { count, flag, listOf, objectOf, oneOf, ref, text, textOrNull, time, timeOrNull } from './schema.js'
import type { Schema } from './schema.js'

const nullable = (name: string, description: string): Schema => ({ anyOf: [ref(name), { type: 'null' }], description })
const stepType: Schema = oneOf(...stepTypes)

const eventSchema = objectOf<EventRow>('What was reported of one instance in a step: its last word.', {
  id: text,
  cluster_id: text,
  step_id: text,
  provision_step_id: { ...text, description: 'step_id.' },
  provisioning_step_id: { ...text, description: 'step_id.' },
  node_group_id: textOrNull,
  instance_id: textOrNull,
  instance_name: text,
  successful: flag,
  event_info: { ...textOrNull, description: 'Of a failure: the message, Error ID: and the id, then the stack.' },
  error_id: { ...textOrNull, description: 'Also in the log of the one that reported it.' },
  created_at: time,
  updated_at: timeOrNull,
})

const stepSchema = objectOf<StepRow>(
  'A step by which a cluster is made, scaled or deleted.',
  {
    id: text,
    cluster_id: text,
    tenant_id: text,
    step_name: text,
    step_type: stepType,
    completed: { ...count, description: 'Instances whose last word was that it went well.' },
    failed: { ...count, description: 'Instances whose last word was that it failed.' },
    total: { ...count, description: 'How many instances will report.' },
    successful: { type: ['boolean', 'null'], description: 'True when all went well, false while one has failed, null while it goes on.' },
    state: { ...oneOf('running', 'incomplete', 'done', 'failed'), description: 'incomplete: nobody has reported for too long.' },
    summary: { ...text, description: 'As a sentence: Launching instances completed 1000 out of 1000 in 10 minutes.' },
    created_at: time,
    started_at: time,
    completed_at: { ...timeOrNull, description: 'When the last instance had its say.' },
    duration_ms: { type: ['integer', 'null'], minimum: 0 },
    updated_at: time,
    events: { ...listOf(ref('ClusterEvent')), description: 'Where they were asked for.' },
  },
  ['events'],
)

const clusterSchema = objectOf<ClusterRow>('A cluster and how far its steps are.', {
  id: text,
  tenant_id: text,
  name: text,
  description: text,
  plugin_name: text,
  status: oneOf('Validating', 'Spawning', 'Scaling', 'Deleting', 'Error', 'Active'),
  status_description: { ...text, description: 'Why it is Error; else empty.' },
  created_at: time,
  updated_at: time,
  provision_progress: { ...listOf(ref('ClusterProvisionStep')), description: 'The steps that have begun, sorted by created_at.' },
  provisioning_progress: { ...listOf(ref('ClusterProvisionStep')), description: 'provision_progress.' },
  pending_steps: { ...listOf(objectOf<PendingStep>('A step that has not begun.', { step_name: text, step_type: stepType })), description: 'Declared steps of what goes on that have not begun.' },
})

/** Of a body; what it must be like beyond this the library says. */
const requestOf = (description: string, required: readonly string[], properties: Schema): Schema => ({ type: 'object', description, required, properties, additionalProperties: false })
const names: Schema = { ...listOf(text), maxItems: 100 }

export const clusterRequestSchema = requestOf('A cluster to be made.', ['name'], {
  name: { ...text, description: '1 to 80 characters, once in a tenant.' },
  description: text,
  plugin_name: { ...text, description: 'Default muster.' },
  provisioning_steps: { type: 'object', description: 'The names of its steps by type: shown as pending before they begin.', properties: Object.fromEntries(stepTypes.map((type) => [type, names])), additionalProperties: false },
})

export const stepRequestSchema = requestOf('A step to begin or to join.', ['step_name', 'step_type', 'total'], {
  step_name: { ...text, description: '1 to 80 characters.' },
  step_type: stepType,
  total: { type: 'integer', minimum: 1, maximum: 1_000_000, description: 'How many instances will report.' },
  parallel: { ...flag, description: 'May go on beside another step of its type that is open.' },
})

const reportProperties = {
  instance_name: { ...text, description: '1 to 80 characters: what makes a repeated report the same.' },
  instance_id: text,
  node_group_id: text,
  successful: flag,
  event_info: { ...text, description: 'At most 1 MiB.' },
  error_id: text,
}
export const stepReportRequest = requestOf('What one instance has to say.', ['instance_name', 'successful'], reportProperties)
export const reportRequest = requestOf('What one instance has to say in a step.', ['step_id', 'instance_name', 'successful'], { step_id: text, ...reportProperties })

/** Bodies about clusters, by name. */
export const clusterSchemas = {
  Cluster: clusterSchema,
  ClusterProvisionStep: stepSchema,
  ClusterEvent: eventSchema,
  ClusterRequest: clusterRequestSchema,
  StepRequest: stepRequestSchema,
  ReportRequest: reportRequest,
  StepReportRequest: stepReportRequest,
  Recorded: objectOf<Record<'recorded' | 'reason' | 'step', unknown>>('What became of it.', {
    recorded: flag,
    reason: { ...oneOf(null, 'step_done', 'event_log_off'), description: 'Why nothing was stored.' },
    step: nullable('ClusterProvisionStep', 'How far the step is; null where the event log is off.'),
  }),
  RecordedAll: objectOf<ReportOutcomes>('What became of many.', {
    reports: listOf(objectOf<ReportOutcome>('What became of one, in the order of the reports.', { instance_name: text, recorded: flag, error: { ...textOrNull, description: 'Why it was refused, as a word.' }, detail: textOrNull })),
    steps: { ...listOf(ref('ClusterProvisionStep')), description: 'How far the steps are.' },
  }),
}

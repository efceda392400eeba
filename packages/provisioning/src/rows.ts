/** What a step is about. Starting one sets the cluster's status: `Spawning`, `Scaling`, `Deleting`. */
export type StepType = 'creating' | 'scaling' | 'deleting'

export const stepTypes: readonly StepType[] = ['creating', 'scaling', 'deleting']

/** Of Sahara's list: `Validating` before the first step; of a step that goes on; `Error` when one failed, `Active` when all are done. */
export type ClusterStatus = 'Validating' | 'Spawning' | 'Scaling' | 'Deleting' | 'Error' | 'Active'

/** `incomplete`: nobody has reported for too long; the next report makes it `running` again. `failed`: of one instance at least; the others go on. */
export type StepState = 'running' | 'incomplete' | 'done' | 'failed'

/** The steps of a cluster, by type, in their order. */
export type DeclaredSteps = Readonly<Partial<Record<StepType, readonly string[]>>>

/** A step that is declared and has not begun. */
export interface PendingStep {
  readonly step_name: string
  readonly step_type: StepType
}

/** A cluster as it goes over the wire. Times are RFC 3339 with milliseconds. */
export interface ClusterRow {
  readonly id: string
  readonly tenant_id: string
  readonly name: string
  readonly description: string
  readonly plugin_name: string
  readonly status: ClusterStatus
  /** Why it is `Error`; else empty. */
  readonly status_description: string
  readonly created_at: string
  readonly updated_at: string
  /** The steps that have begun, sorted by `created_at`. */
  readonly provision_progress: readonly StepRow[]
  /** The same under its other name. */
  readonly provisioning_progress: readonly StepRow[]
  /** Declared steps of what goes on that have not begun, in their order. */
  readonly pending_steps: readonly PendingStep[]
}

/** A step as it goes over the wire. */
export interface StepRow {
  readonly id: string
  readonly cluster_id: string
  readonly tenant_id: string
  readonly step_name: string
  readonly step_type: StepType
  /** Instances whose last word was that it went well. */
  readonly completed: number
  /** Instances whose last word was that it failed. */
  readonly failed: number
  readonly total: number
  /** True when all went well, false while one has failed, null while it goes on. */
  readonly successful: boolean | null
  readonly state: StepState
  /** `Launching instances completed 1000 out of 1000 in 10 minutes`. */
  readonly summary: string
  readonly created_at: string
  readonly started_at: string
  /** When the last instance had its say; null before. */
  readonly completed_at: string | null
  /** From `started_at` to `completed_at`, ms; null before. */
  readonly duration_ms: number | null
  readonly updated_at: string
  /** Where they were asked for. */
  readonly events?: readonly EventRow[]
}

/** What was reported of one instance, its last word, as it goes over the wire. */
export interface EventRow {
  readonly id: string
  readonly cluster_id: string
  readonly step_id: string
  /** The same under its other names. */
  readonly provision_step_id: string
  readonly provisioning_step_id: string
  readonly node_group_id: string | null
  readonly instance_id: string | null
  readonly instance_name: string
  readonly successful: boolean
  /** Of a failure: the message, `Error ID: <uuid>`, then the stack. */
  readonly event_info: string | null
  /** Also in the log of the one that reported it. */
  readonly error_id: string | null
  readonly created_at: string
  readonly updated_at: string | null
}

/** `next`: what to go on after; null when there are no more. */
export interface ClusterPage {
  readonly clusters: readonly ClusterRow[]
  readonly next: string | null
}

export interface EventPage {
  readonly events: readonly EventRow[]
  readonly next: string | null
}

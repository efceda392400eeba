import { createRequire } from 'node:module'

import type { ClusterRow, EventRow, StepRow } from '@muster/provisioning'

const { version } = createRequire(import.meta.url)('../../../package.json') as { readonly version: string }

/** The names that Sahara gives things in a version of its API. */
export interface Dialect {
  readonly tenant: 'tenant_id' | 'project_id'
  readonly pluginVersion: 'hadoop_version' | 'plugin_version'
}

/** By the path below which it is spoken. */
export const dialects = {
  '/v1.1': { tenant: 'tenant_id', pluginVersion: 'hadoop_version' },
  '/v2': { tenant: 'project_id', pluginVersion: 'plugin_version' },
} as const satisfies Record<string, Dialect>

/** Every cluster's: of Muster itself, because that is what keeps them. */
export const pluginVersion = version

/** Sahara's times have whole seconds and no time zone. */
const timeOf = (time: string): string => time.slice(0, 19)
const timeOrNull = (time: string | null): string | null => time && timeOf(time)

export function eventRow(event: EventRow): object {
  return { ...event, created_at: timeOf(event.created_at), updated_at: timeOrNull(event.updated_at) }
}

function stepRow({ id, cluster_id, tenant_id: tenant, step_name, step_type, completed, failed, total, successful, state, summary, events, created_at, started_at, completed_at, updated_at }: StepRow, dialect: Dialect): object {
  const row = { step_name, step_type, completed, failed, total, successful, state, summary }
  const times = { created_at: timeOf(created_at), started_at: timeOf(started_at), completed_at: timeOrNull(completed_at), updated_at: timeOf(updated_at) }
  return { id, cluster_id, [dialect.tenant]: tenant, ...row, ...times, ...(events && { events: events.map(eventRow) }) }
}

/** A cluster as Sahara tells it. What only Sahara has of one is empty: its clients want to see the keys. */
export function clusterRow({ id, name, status, status_description, plugin_name, tenant_id: tenant, description, created_at, updated_at, provision_progress, pending_steps }: ClusterRow, dialect: Dialect): object {
  const steps = provision_progress.map((step) => stepRow(step, dialect))
  return {
    id,
    name,
    status,
    status_description,
    plugin_name,
    [dialect.pluginVersion]: pluginVersion,
    [dialect.tenant]: tenant,
    description,
    is_transient: false,
    is_public: false,
    is_protected: false,
    use_autoconfig: false,
    trust_id: null,
    info: {},
    cluster_configs: {},
    anti_affinity: [],
    node_groups: [],
    cluster_template_id: null,
    default_image_id: null,
    user_keypair_id: null,
    neutron_management_network: null,
    created_at: timeOf(created_at),
    updated_at: timeOf(updated_at),
    provision_progress: steps,
    provisioning_progress: steps,
    pending_steps,
  }
}

import type { Migrations } from '@muster/database/history'
import { sql } from 'kysely'

/** Times are ms since 1970 by the database's clock, truth is 0 or 1, objects are JSON: what both databases have. */
export interface Tables {
  readonly clusters: {
    id: string
    tenant_id: string
    /** Null once it is deleted: the name is free again. */
    name: string | null
    description: string
    plugin_name: string
    provisioning_steps: string
    status: string
    status_description: string
    created_at: number
    updated_at: number
    deleted_at: number | null
  }
  readonly cluster_provision_steps: {
    id: string
    cluster_id: string
    tenant_id: string
    /** Within its cluster, in the order of beginning. */
    position: number
    step_name: string
    step_type: string
    completed: number
    failed: number
    total: number
    successful: number | null
    created_at: number
    completed_at: number | null
    updated_at: number
    /** The last call of a reporter, and after how long without one it is incomplete. */
    renewed_at: number
    reporter_timeout_ms: number
    /** 1 when its events have been erased. */
    erased: number
    deleted_at: number | null
  }
  readonly cluster_events: {
    id: string
    cluster_id: string
    step_id: string
    instance_name: string
    instance_id: string | null
    node_group_id: string | null
    successful: number
    event_info: string | null
    error_id: string | null
    created_at: number
    updated_at: number | null
  }
  /** One row: who erases, and until when nobody else does. */
  readonly cluster_eraser: { only: number; holder: string; until: number }
}

export const tablesOf = 'provisioning'

export const migrations: Migrations = [
  async ({ schema }) => {
    await schema
      .createTable('clusters')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('plugin_name', 'text', (column) => column.notNull())
      .addColumn('provisioning_steps', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('status_description', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addColumn('deleted_at', 'bigint')
      .addUniqueConstraint('clusters_name', ['tenant_id', 'name'])
      .execute()
    await schema.createIndex('clusters_created').on('clusters').columns(['tenant_id', 'created_at', 'id']).where(sql.ref('deleted_at'), 'is', null).execute()
    await schema.createIndex('clusters_deleted').on('clusters').column('deleted_at').where(sql.ref('deleted_at'), 'is not', null).execute()
    await schema
      .createTable('cluster_provision_steps')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('cluster_id', 'text', (column) => column.notNull())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('step_name', 'text', (column) => column.notNull())
      .addColumn('step_type', 'text', (column) => column.notNull())
      .addColumn('completed', 'bigint', (column) => column.notNull())
      .addColumn('failed', 'bigint', (column) => column.notNull())
      .addColumn('total', 'bigint', (column) => column.notNull())
      .addColumn('successful', 'integer')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('completed_at', 'bigint')
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addColumn('renewed_at', 'bigint', (column) => column.notNull())
      .addColumn('reporter_timeout_ms', 'bigint', (column) => column.notNull())
      .addColumn('erased', 'integer', (column) => column.notNull())
      .addColumn('deleted_at', 'bigint')
      .addUniqueConstraint('cluster_provision_steps_position', ['cluster_id', 'position'])
      .execute()
    await schema.createIndex('cluster_provision_steps_erase').on('cluster_provision_steps').columns(['successful', 'completed_at']).where(sql.ref('erased'), '=', 0).execute()
    await schema.createIndex('cluster_provision_steps_deleted').on('cluster_provision_steps').column('deleted_at').where(sql.ref('deleted_at'), 'is not', null).execute()
    await schema
      .createTable('cluster_events')
      .addColumn('step_id', 'text', (column) => column.notNull())
      .addColumn('instance_name', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('cluster_id', 'text', (column) => column.notNull())
      .addColumn('instance_id', 'text')
      .addColumn('node_group_id', 'text')
      .addColumn('successful', 'integer', (column) => column.notNull())
      .addColumn('event_info', 'text')
      .addColumn('error_id', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint')
      .addPrimaryKeyConstraint('cluster_events_key', ['step_id', 'instance_name'])
      .execute()
    // Those that went well and those that failed are two lists, each in order: what is asked for begins at one place, however many others there are.
    await schema.createIndex('cluster_events_step').on('cluster_events').columns(['step_id', 'successful', 'created_at', 'id']).execute()
    await schema.createIndex('cluster_events_cluster').on('cluster_events').columns(['cluster_id', 'successful', 'created_at', 'id']).execute()
    await schema
      .createTable('cluster_eraser')
      .addColumn('only', 'integer', (column) => column.primaryKey())
      .addColumn('holder', 'text', (column) => column.notNull())
      .addColumn('until', 'bigint', (column) => column.notNull())
      .execute()
  },
]

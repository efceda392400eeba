import type { Migrations } from '@muster/database/history'

/** Times are ms since 1970, truth is 0 or 1, objects are JSON: what both databases have. */
export interface Tables {
  /** One row: which log this is, who may write it, and from where to where it goes. */
  readonly log: { only: number; id: string; store: string; observer: string; first_seq: number; next_seq: number }
  readonly changes: {
    seq: number
    id: string
    at: number
    kind: string
    type: string | null
    host: string | null
    uuid: string | null
    group_name: string | null
    member_id: string | null
    cause: string
    actor: string | null
    source: string | null
    reason: string | null
    mass_loss: number
    before: string | null
    after: string | null
    gap: string | null
  }
  /** The workers that are alive, as the last change left them. */
  readonly presence: { group_name: string; member_id: string; worker: string }
  /** The services, as the last change left them. */
  readonly services: { uuid: string; observed: string; joins: number; change_id: string | null }
  /** How far each sink has been told: up to and with that number. */
  readonly cursors: { sink: string; seq: number }
  /** What each sink could not be told, the last time that one could not. */
  readonly retries: { sink: string; seq: number; since: string; attempts: number; at: number; failure: string }
}

export const tablesOf = 'notifications'

export const migrations: Migrations = [
  async ({ schema }) => {
    await schema
      .createTable('log')
      .addColumn('only', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('store', 'text', (column) => column.notNull())
      .addColumn('observer', 'text', (column) => column.notNull())
      .addColumn('first_seq', 'bigint', (column) => column.notNull())
      .addColumn('next_seq', 'bigint', (column) => column.notNull())
      .execute()
    await schema
      .createTable('changes')
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('type', 'text')
      .addColumn('host', 'text')
      .addColumn('uuid', 'text')
      .addColumn('group_name', 'text')
      .addColumn('member_id', 'text')
      .addColumn('cause', 'text', (column) => column.notNull())
      .addColumn('actor', 'text')
      .addColumn('source', 'text')
      .addColumn('reason', 'text')
      .addColumn('mass_loss', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('before', 'text')
      .addColumn('after', 'text')
      .addColumn('gap', 'text')
      .execute()
    await schema.createIndex('changes_at').on('changes').column('at').execute()
    await schema.createIndex('changes_type').on('changes').columns(['type', 'seq']).execute()
    await schema.createIndex('changes_host').on('changes').columns(['host', 'seq']).execute()
    await schema
      .createTable('presence')
      .addColumn('group_name', 'text', (column) => column.notNull())
      .addColumn('member_id', 'text', (column) => column.notNull())
      .addColumn('worker', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('presence_key', ['group_name', 'member_id'])
      .execute()
    await schema
      .createTable('services')
      .addColumn('uuid', 'text', (column) => column.primaryKey())
      .addColumn('observed', 'text', (column) => column.notNull())
      .addColumn('joins', 'bigint', (column) => column.notNull())
      .addColumn('change_id', 'text')
      .execute()
    await schema
      .createTable('cursors')
      .addColumn('sink', 'text', (column) => column.primaryKey())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .execute()
  },
  ({ schema }) =>
    schema
      .createTable('retries')
      .addColumn('sink', 'text', (column) => column.primaryKey())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('since', 'text', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('failure', 'text', (column) => column.notNull())
      .execute(),
]

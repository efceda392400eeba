import type { History } from '@muster/database/history'
import type { Tables } from '@muster/provisioning/internal'
import { sql } from 'kysely'
import type { Transaction } from 'kysely'

const rowsAtOnce = 100_000
const timeoutMs = 300_000

export interface Copies {
  /** The id of a cluster that the library has made, with one event in each step. */
  readonly of: string
  readonly steps: number
  /** The numbers of the copies. */
  readonly first: number
  readonly last: number
  /** In each step; its counters grow with them. */
  readonly events: number
}

/** The ids stay unique: the number of the copy is in the place of their first eight digits. */
export const idOfCopy = (id: string, copy: number): string => `${10_000_000 + copy}${id.slice(8)}`

/** Makes clusters like one that the library has made, in the tenant `default`, with more events. To be called while nobody else writes. */
export async function copyCluster(history: History<Tables>, copies: Copies): Promise<void> {
  const { steps, first, last, events } = copies
  await history.write((tables) => copyRows(tables, copies), { timeoutMs })
  const eventsAtOnce = Math.max(1, Math.floor(rowsAtOnce / (steps * (last - first + 1))))
  for (let from = 1; from <= events; from += eventsAtOnce) {
    await history.write((tables) => copyEvents(tables, copies, from, Math.min(events, from + eventsAtOnce - 1)), { timeoutMs })
  }
}

const copyOf = (column: string) => sql`CAST(10000000 + copies.n AS text) || substr(${sql.ref(column)}, 9)`
const numbers = (name: string, first: number, last: number) => sql`${sql.ref(name)} (n) AS (SELECT ${sql.lit(first)} UNION ALL SELECT n + 1 FROM ${sql.ref(name)} WHERE n < ${sql.lit(last)})`
const columns = (names: readonly string[]) => sql.join(names.map((name) => sql.ref(name)))

const ofCluster = columns(['description', 'plugin_name', 'provisioning_steps', 'status', 'status_description', 'updated_at', 'deleted_at'])
const ofStep = columns(['position', 'step_name', 'step_type', 'successful', 'created_at', 'completed_at', 'updated_at', 'renewed_at', 'reporter_timeout_ms', 'erased', 'deleted_at'])
const ofEvent = columns(['instance_id', 'node_group_id', 'successful', 'event_info', 'error_id', 'updated_at'])

async function copyRows(tables: Transaction<Tables>, { of, first, last, events }: Copies): Promise<void> {
  const copies = sql`WITH RECURSIVE ${numbers('copies', first, last)}`
  await sql`INSERT INTO clusters (id, tenant_id, name, created_at, ${ofCluster}) ${copies}
    SELECT ${copyOf('id')}, 'default', 'cluster-' || copies.n, created_at + copies.n, ${ofCluster} FROM copies CROSS JOIN clusters WHERE id = ${of}`.execute(tables)
  const times = sql.lit(events)
  await sql`INSERT INTO cluster_provision_steps (id, cluster_id, tenant_id, completed, failed, total, ${ofStep}) ${copies}
    SELECT ${copyOf('id')}, ${copyOf('cluster_id')}, 'default', completed * ${times}, failed * ${times}, total * ${times}, ${ofStep}
    FROM copies CROSS JOIN cluster_provision_steps WHERE cluster_id = ${of}`.execute(tables)
}

/** The number of the event is in the place of the last twelve digits of its id. */
async function copyEvents(tables: Transaction<Tables>, { of, first, last }: Copies, from: number, to: number): Promise<void> {
  await sql`INSERT INTO cluster_events (id, step_id, cluster_id, instance_name, created_at, ${ofEvent})
    WITH RECURSIVE ${numbers('copies', first, last)}, ${numbers('events', from, to)}
    SELECT CAST(10000000 + copies.n AS text) || substr(id, 9, 16) || CAST(100000000000 + events.n AS text), ${copyOf('step_id')}, ${copyOf('cluster_id')}, 'worker-' || events.n, created_at + events.n, ${ofEvent}
    FROM copies CROSS JOIN events CROSS JOIN cluster_events WHERE cluster_id = ${of} ORDER BY copies.n, step_id, events.n`.execute(tables)
}

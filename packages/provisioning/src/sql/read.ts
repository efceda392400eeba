import { InvalidArgument, NotFound } from '@muster/common'
import type { History } from '@muster/database/history'
import type { Expression, ExpressionBuilder, SelectQueryBuilder, SqlBool } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/sqlite'

import { limitOf } from '../limits.js'
import type { ClusterPage, ClusterRow, EventPage, EventRow, StepRow } from '../rows.js'
import type { EventFilter, PageOptions } from '../store.js'
import type { Reading } from './clock.js'
import { stepsOf } from './settle.js'
import { toClusterRow, toEventRow, toStepRow } from './to-rows.js'
import type { ShownStep, StoredCluster, StoredEvent } from './to-rows.js'
import type { Tables } from './tables.js'

type Database = History<Tables>['kind']

/** A row that is the last of a page: what the next one begins after. */
interface Place {
  readonly created_at: number
  readonly id: string
}

const toCursor = ({ created_at: at, id }: Place): string => `${at}.${id}`

function toPlace(cursor: string): Place {
  const [, at, id] = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(cursor) ?? []
  if (at === undefined || id === undefined) throw new InvalidArgument('after', `'${cursor}' is no place in a list`, { hint: 'Give next of the page before, as it is.' })
  return { created_at: Number(at), id }
}

/** In the shape that an index by time and id answers. */
function comesAfter<T extends 'clusters' | 'cluster_events'>(of: ExpressionBuilder<Tables, T>, cursor: string): Expression<SqlBool> {
  const { created_at: at, id } = toPlace(cursor)
  const row = of as unknown as ExpressionBuilder<Tables, 'clusters'>
  return row.and([row('created_at', '>=', at), row.or([row('created_at', '>', at), row('id', '>', id)])])
}

/** One row more than the page holds says that there are more. */
function cut<Row extends Place>(rows: readonly Row[], limit: number): { page: readonly Row[]; next: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, next: rows.length > limit && last ? toCursor(last) : null }
}

/** By id, else by name. @throws NotFound */
export async function findCluster(tables: Reading, idOrName: string, tenant: string): Promise<StoredCluster> {
  const there = tables.selectFrom('clusters').selectAll().where('tenant_id', '=', tenant).where('deleted_at', 'is', null)
  const cluster = (await there.where('id', '=', idOrName).executeTakeFirst()) ?? (await there.where('name', '=', idOrName).executeTakeFirst())
  if (!cluster) throw new NotFound(`Cluster '${idOrName}'`)
  return cluster
}

const shown = ['id', 'cluster_id', 'tenant_id', 'position', 'step_name', 'step_type', 'completed', 'failed', 'total', 'successful', 'created_at', 'completed_at', 'updated_at', 'renewed_at', 'reporter_timeout_ms'] as const satisfies (keyof ShownStep)[]

const eventColumns = ['step_id', 'instance_name', 'id', 'cluster_id', 'instance_id', 'node_group_id', 'successful', 'event_info', 'error_id', 'created_at', 'updated_at'] as const satisfies (keyof StoredEvent)[]

/** All rows of a query. SQLite gives them as one text, several times faster than value by value; PostgreSQL would take several times longer to make it. */
async function manyRows<Row>(kind: Database, tables: Reading, query: SelectQueryBuilder<Tables, keyof Tables, Row>): Promise<readonly Row[]> {
  if (kind === 'postgresql') return query.execute()
  const { rows } = await tables.selectNoFrom(jsonArrayFrom(query).as('rows')).executeTakeFirstOrThrow()
  return JSON.parse(rows as unknown as string) as Row[]
}

export async function readClusters(kind: Database, tables: Reading, tenant: string, options: PageOptions, now: number): Promise<ClusterPage> {
  const limit = limitOf(options, 20) // each comes with its steps
  const { after } = options
  const rows = await tables
    .selectFrom('clusters')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .where('deleted_at', 'is', null)
    .$if(after !== undefined, (query) => query.where((of) => comesAfter(of, after ?? '')))
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  const { page, next } = cut(rows, limit)
  const steps = new Map<string, StepRow[]>(page.map(({ id }) => [id, []]))
  const stored = tables.selectFrom('cluster_provision_steps').select(shown).where('cluster_id', 'in', [...steps.keys()]).where('deleted_at', 'is', null).orderBy('cluster_id').orderBy('position')
  if (page.length > 0) for (const step of await manyRows(kind, tables, stored)) steps.get(step.cluster_id)?.push(toStepRow(step, now))
  return { clusters: page.map((cluster) => toClusterRow(cluster, steps.get(cluster.id) ?? [])), next }
}

export async function readCluster(kind: Database, tables: Reading, cluster: StoredCluster, now: number, withEvents: boolean): Promise<ClusterRow> {
  const events = withEvents ? await embeddedEvents(kind, tables, cluster.id) : undefined
  const steps = (await stepsOf(tables, [cluster.id])).map((step) => toStepRow(step, now, events?.filter(({ step_id: id }) => id === step.id)))
  return toClusterRow(cluster, steps)
}

/** So many in all, because a cluster may have kept a million. */
const mostEmbedded = 500

/** Failures first, then each kind as it came. */
async function embeddedEvents(kind: Database, tables: Reading, cluster: string): Promise<EventRow[]> {
  const some = (successful: 0 | 1, limit: number): Promise<readonly StoredEvent[]> =>
    manyRows(kind, tables, tables.selectFrom('cluster_events').select(eventColumns).where('cluster_id', '=', cluster).where('successful', '=', successful).orderBy('created_at').orderBy('id').limit(limit))
  const failures = await some(0, mostEmbedded)
  const others = failures.length < mostEmbedded ? await some(1, mostEmbedded - failures.length) : []
  return [...failures, ...others].map(toEventRow)
}

export async function readEvents(tables: Reading, cluster: string, options: PageOptions & EventFilter): Promise<EventPage> {
  const limit = limitOf(options)
  const { after, step, successful } = options
  // A step is enough to find its events: with the cluster beside it SQLite may look through all of the cluster.
  const ofCluster = tables.selectFrom('cluster_provision_steps').select('id').where('cluster_id', '=', cluster).where('id', '=', step ?? '')
  const firstOf = (kind: 0 | 1) =>
    tables
      .selectFrom('cluster_events')
      .selectAll()
      .where('successful', '=', kind)
      .where(step === undefined ? (of) => of('cluster_id', '=', cluster) : (of) => of('step_id', '=', ofCluster))
      .$if(after !== undefined, (query) => query.where((of) => comesAfter(of, after ?? '')))
      .orderBy('created_at')
      .orderBy('id')
      .limit(limit + 1)
  // A limit for each: PostgreSQL may sort all of a large cluster to merge what has none.
  const both = () => tables.selectFrom(firstOf(0).as('failed')).selectAll().unionAll(tables.selectFrom(firstOf(1).as('well')).selectAll()).orderBy('created_at').orderBy('id').limit(limit + 1)
  const rows = await (successful === undefined ? both() : firstOf(successful ? 1 : 0)).execute()
  const { page, next } = cut(rows, limit)
  return { events: page.map(toEventRow), next }
}

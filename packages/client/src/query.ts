import type { ChangeFilter } from '@muster/notifications'
import type { ServiceFilter, WorkerFilter } from '@muster/servicegroup'

const workerFields = ['group', 'name', 'hostname', 'type'] as const
const changeFields = ['type', 'host', 'kind'] as const
const serviceFields = ['uuid', 'type', 'host', 'region', 'zone', 'status', 'state', 'effective'] as const

type Wanted = string | readonly string[] | undefined

/** The query that asks for the workers of a filter. */
export function toQuery(filter: WorkerFilter): URLSearchParams {
  // What is of none of some values is nobody: no group has an empty name.
  return queryOf(workerFields.map((field) => [field, filter[field]])) ?? new URLSearchParams({ group: '' })
}

/** The query that asks for the services of a filter. */
export function toServicesQuery(filter: ServiceFilter): URLSearchParams {
  const labels = Object.entries(filter.labels ?? {}).map(([label, wanted]) => ['label', typeof wanted === 'string' ? `${label}=${wanted}` : wanted.map((value) => `${label}=${value}`)] as const)
  const query = queryOf([...serviceFields.map((field) => [field, filter[field]] as const), ...labels]) ?? new URLSearchParams({ uuid: '' })
  query.set('view', 'services')
  return query
}

/** The query that asks for the changes of a filter. */
export function toChangesQuery(filter: ChangeFilter): URLSearchParams {
  return queryOf(changeFields.map((field) => [field, filter[field]])) ?? new URLSearchParams({ type: '' }) // no type has an empty name
}

/** Undefined when a field is to have one of no values. */
function queryOf(fields: readonly (readonly [string, Wanted])[]): URLSearchParams | undefined {
  const query = new URLSearchParams()
  for (const [field, wanted] of fields) {
    if (wanted === undefined) continue
    const values = typeof wanted === 'string' ? [wanted] : wanted
    if (values.length === 0) return undefined
    for (const value of values) query.append(field, value)
  }
  return query
}

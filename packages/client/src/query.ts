import type { WorkerFilter } from '@muster/servicegroup'

const fields = ['group', 'name', 'hostname', 'type'] as const

/** The query that asks for the workers of a filter. */
export function toQuery(filter: WorkerFilter): URLSearchParams {
  const query = new URLSearchParams()
  for (const field of fields) {
    const wanted = filter[field]
    if (wanted === undefined) continue
    const values = typeof wanted === 'string' ? [wanted] : wanted
    if (values.length === 0) return new URLSearchParams({ group: '' }) // one of no values: nothing matches, as no group has an empty name
    for (const value of values) query.append(field, value)
  }
  return query
}

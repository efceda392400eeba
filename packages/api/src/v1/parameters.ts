import { isMusterError, parseDuration } from '@muster/common'
import type { WorkerFilter } from '@muster/servicegroup'

import { Refusal } from '../problems.js'
import type { Query } from '../query.js'

export const filterFields = ['group', 'name', 'hostname', 'type'] as const

/** The filter that a query asks for; undefined when it asks for every worker. */
export function readFilter({ group, name, hostname, type }: Query<(typeof filterFields)[number]>): WorkerFilter | undefined {
  return group ?? name ?? hostname ?? type ? { group, name, hostname, type } : undefined
}

/** How old an answer may be while the backend does not answer, in ms; 0: no older than it may be anyway. @throws Refusal, 400 */
export function readStale({ stale }: Query<'stale'>): number {
  if (stale === undefined) return 0
  try {
    if (stale.length === 1) return parseDuration(stale[0] ?? '', 'stale')
  } catch (error) {
    if (!isMusterError(error, 'invalid_argument')) throw error
    throw refusal(error.message, error.hint)
  }
  throw refusal('stale: given more than once')
}

const refusal = (detail: string, hint?: string): Refusal => new Refusal(400, 'invalid_argument', detail, { hint, errors: [{ parameter: 'stale', detail }] })

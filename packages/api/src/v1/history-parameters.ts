import { isMusterError, parseTime } from '@muster/common'
import type { ChangeFilter } from '@muster/notifications'

import type { Context } from '../context.js'
import type { OpenHistory } from '../history/history.js'
import { Refusal } from '../problems.js'
import { integer, refuseParameter, text, texts } from '../query.js'
import type { Query } from '../query.js'

const where = 'A number (what comes after it), a duration (1h: what is not older) or a time (RFC 3339).'

export const changeParameters = {
  type: texts('Only changes of services and workers of this type.'),
  host: texts('Only changes on this host.'),
}
export const kindParameters = {
  kind: texts('Only changes of this kind.', ['service.created', 'service.updated', 'service.deleted', 'worker.joined', 'worker.updated', 'worker.left', 'gap']),
}
export const sinceParameters = { since: text(`Where to begin. ${where}`) }
export const pageParameters = { limit: integer('At most so many changes; default 100.', 1, 1000) }
export const timeParameters = (name: 'at' | 'since'): Record<typeof name, ReturnType<typeof text>> => ({ [name]: text('A time (RFC 3339), or how long ago (1h).') }) as Record<typeof name, ReturnType<typeof text>>

/** The history of this server. @throws Refusal, 404, where none is kept; BackendUnreachable while its database is away */
export function historyOf({ history }: Pick<Context, 'history'>): OpenHistory {
  if (history) return history.open
  throw new Refusal(404, 'not_supported', 'This server keeps no history', { hint: 'Start it with --database, e.g. sqlite:history.db, and without --database none.' })
}

/** The same, of notifications. @throws Refusal, 404, also where they are turned off */
export function notificationsOf(context: Pick<Context, 'history'>): OpenHistory {
  if (context.history?.isTold !== false) return historyOf(context)
  throw new Refusal(404, 'not_supported', 'This server tells no notifications: they are turned off', { hint: 'Start it without --notifications off; /v1/change has the changes all the same.' })
}

/** Where to begin: after a number, or with the changes from a time on, ms. @throws Refusal, 400 */
export function readSince(since: string | undefined, now = Date.now()): { after?: number; from?: number } {
  if (since === undefined) return {}
  if (/^\d{1,15}$/.test(since)) return { after: Number(since) }
  return { from: readTime('since', since, now) }
}

/** A time, or how long ago, as ms. @throws Refusal, 400 */
export function readTime(name: string, value: string | undefined, now = Date.now()): number {
  if (value === undefined) throw refuseParameter(name, `It is not said when: give ${name}.`, `As in ?${name}=1h.`)
  try {
    return parseTime(value, name, (ms) => now - ms)
  } catch (error) {
    if (!isMusterError(error, 'invalid_argument')) throw error
    throw refuseParameter(name, error.message, error.hint)
  }
}

export const readChangeFilter = ({ type, host, kind }: Query<typeof changeParameters & typeof kindParameters>): ChangeFilter => ({ type, host, kind })

import type { Cause, Change, ObservedService } from '@muster/notifications'
import type { Worker } from '@muster/servicegroup'

import { workerColumns } from '../commands/list.js'
import { differingFields } from '../services/difference.js'
import type { FieldDifference } from '../services/difference.js'
import { observedColumns } from '../services/service-columns.js'

type Subject = ObservedService | Worker

const isService = (subject: Subject): subject is ObservedService => 'host' in subject

/** Counted, or told in another column. */
const aside = new Set(['Last Seen Up', 'Report Count', 'Uptime', 'Created At'])
/** What `effective` follows from. */
const causes = new Set(['State', 'Status', 'Forced Down', 'Maintenance'])

/** What is different, for a table: `state up -> down`; of workers which one it is, too. */
export function describeWhat({ before, after, gap, reason }: Pick<Change, 'before' | 'after' | 'gap' | 'reason'>): string {
  const subject = after ?? before
  if (gap) return `${gap.count} change${gap.count === 1 ? ' is' : 's are'} missing`
  if (!subject) return ''
  if (!isService(subject)) return [memberText(subject), ...(before && after && !isService(before) ? [inWords(differingFields(workerColumns, before, subject))] : [])].join(': ')
  if (!before || !after) return `${before ? 'was ' : ''}${subject.status}, ${subject.state}`
  return isService(before) ? inWords(differingFields(observedColumns, before, subject).filter(({ title, is }) => title !== 'Disabled Reason' || (is !== 'none' && is !== reason))) : '' // the reason is told besides
}

const memberText = ({ name, process }: Worker): string => (process === null ? name : `${name}, pid ${process}`)

const byItself: readonly string[] = ['join', 'leave', 'session_lost', 'gone', 'adopted'] satisfies Cause[]

/** Who has done it, for people: a worker that comes or goes needs not be named as the one who did. */
export const whoDid = ({ cause, actor }: Pick<Change, 'cause' | 'actor'>): string => (actor === null || byItself.includes(cause) ? '' : actor)

const events: Readonly<Record<string, string>> = { 'service.created': 'created: ', 'service.deleted': 'deleted: ', 'worker.joined': 'worker joined: ', 'worker.updated': 'worker ', 'worker.left': 'worker left: ' }

/** What has happened, why and by whom: `worker left: api, pid 4711 (session_lost)`, `state up -> down (admin, by ann: "new disks")`. */
export function describeChange(change: Change): string {
  return `${events[change.kind] ?? ''}${describeWhat(change)} (${describeWhy(change)})`
}

export function describeWhy(change: Pick<Change, 'cause' | 'actor' | 'reason' | 'massLoss'>): string {
  const { cause, reason, massLoss } = change
  const by = whoDid(change)
  return [cause, ...(massLoss ? ['mass loss'] : []), ...(by === '' ? [] : [`by ${by}`])].join(', ') + (reason === null || reason === '' ? '' : `: "${reason}"`)
}

/** `nova-compute@host1`. */
export const serviceOf = ({ type, host }: Pick<Change, 'type' | 'host'>): string => (type === null && host === null ? '' : `${type ?? '?'}@${host ?? '?'}`)

function inWords(fields: readonly FieldDifference[]): string {
  const hasCause = fields.some(({ title }) => causes.has(title))
  const telling = fields.filter(({ title }) => !aside.has(title) && !(hasCause && title === 'Effective'))
  return (telling.length > 0 ? telling : fields).map(({ title, was, is }) => `${title.toLowerCase()} ${was} -> ${is}`).join(', ')
}

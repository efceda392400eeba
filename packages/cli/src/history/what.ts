import type { Change, ObservedService } from '@muster/notifications'
import type { Worker } from '@muster/servicegroup'

import { workerColumns } from '../commands/list.js'
import { differingFields } from '../services/difference.js'
import type { FieldDifference } from '../services/difference.js'
import { observedColumns } from '../services/service-columns.js'

type Subject = ObservedService | Worker

export const isService = (subject: Subject): subject is ObservedService => 'host' in subject

/** Counted, or told in another column. */
const aside = new Set(['Last Seen Up', 'Report Count', 'Uptime', 'Created At'])
/** What `effective` follows from. */
const causes = new Set(['State', 'Status', 'Forced Down', 'Maintenance'])

/** What is different, for a table: `state up -> down`; of workers which one it is, too. */
export function describeWhat({ before, after, gap }: Pick<Change, 'before' | 'after' | 'gap'>): string {
  const subject = after ?? before
  if (gap) return `${gap.count} change${gap.count === 1 ? ' is' : 's are'} missing`
  if (!subject) return ''
  if (!isService(subject)) return [memberText(subject), ...(before && after && !isService(before) ? [inWords(differingFields(workerColumns, before, subject))] : [])].join(': ')
  if (!before || !after) return `${before ? 'was ' : ''}${subject.status}, ${subject.state}`
  return isService(before) ? inWords(differingFields(observedColumns, before, subject)) : ''
}

export const memberText = ({ name, process }: Worker): string => (process === null ? name : `${name}, pid ${process}`)

function inWords(fields: readonly FieldDifference[]): string {
  const hasCause = fields.some(({ title }) => causes.has(title))
  const telling = fields.filter(({ title }) => !aside.has(title) && !(hasCause && title === 'Effective'))
  return (telling.length > 0 ? telling : fields).map(({ title, was, is }) => `${title.toLowerCase()} ${was} -> ${is}`).join(', ')
}

import { compareServices } from '@muster/servicegroup'
import type { Service, ServiceChange, ServiceFilter } from '@muster/servicegroup'

import { timeOfDay } from '../live/change-line.js'
import type { Subject } from '../live/subject.js'
import { safeText } from '../safe-text.js'
import { describeDifference } from './difference.js'
import { nameOf } from './service-columns.js'

const marks = { created: 'came', deleted: 'went', updated: 'changed' } as const

/** The services that match. */
export const serviceSubject = (filter: ServiceFilter): Subject<Service, ServiceChange> => ({
  one: 'service',
  many: 'services',
  filters: '--hostname, --type or --state',
  keyOf: ({ uuid }) => uuid,
  compare: compareServices,
  read: (change) => ({ mark: marks[change.type], row: change.type === 'deleted' ? change.before : change.service }),
  describe: serviceChangeLine,
  watch: (reader, options) => reader.watch(filter, options),
})

/** One line for one change: when, what, which service, and what is another now. */
function serviceChangeLine(change: ServiceChange, at = new Date()): string {
  const service = change.type === 'deleted' ? change.before : change.service
  const what = change.type === 'updated' ? describeDifference(change.before, service).join(', ') : change.type === 'created' ? `${service.status}, ${service.state}` : ''
  return `${timeOfDay(at)}  ${change.type}  ${safeText(`${nameOf(service)}  ${what}`).trimEnd()}`
}

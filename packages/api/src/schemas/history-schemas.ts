import { notificationSchema } from '@muster/notifications'
import type { Change, Difference, PastState } from '@muster/notifications'

import { count, flag, listOf, objectOf, oneOf, ref, text, textOrNull, time } from './schema.js'
import type { Schema } from './schema.js'

const subject: Schema = { description: 'A worker; or a service without createdAt, updatedAt and index; or null.', type: ['object', 'null'] }

export const changeSchema = objectOf<Change>('One change of a worker or a service. Absent is null.', {
  seq: { ...count, description: 'Grows by one from change to change.' },
  id: text,
  at: { ...time, description: 'When it was committed, or seen.' },
  kind: oneOf('service.created', 'service.updated', 'service.deleted', 'worker.joined', 'worker.updated', 'worker.left', 'gap'),
  type: textOrNull,
  host: textOrNull,
  uuid: { ...textOrNull, description: 'The service; of a worker, its service.' },
  group: textOrNull,
  memberId: textOrNull,
  cause: oneOf('join', 'leave', 'session_lost', 'gone', 'admin', 'adopted', 'maintenance', 'unknown'),
  actor: textOrNull,
  source: textOrNull,
  reason: textOrNull,
  massLoss: { ...flag, description: 'More than half of its group, and at least five, went within ten seconds.' },
  before: subject,
  after: subject,
  gap: { description: 'Which changes of services nobody took in time.', type: ['object', 'null'], properties: { from: count, to: count, count } },
})

/** The published schema, as a part of the description. */
export const notificationBody: Schema = Object.fromEntries(Object.entries(notificationSchema).filter(([key]) => !key.startsWith('$')))

export const pastStateSchema = objectOf<PastState>('The workers and services of one moment.', { seq: { ...count, description: 'The last change that had happened by then.' }, workers: listOf(ref('Worker')), services: listOf({ type: 'object' }) })

export const differenceSchema = objectOf<Difference>('A worker or a service that is another way than it was.', { before: subject, after: subject, last: ref('Change'), changes: { ...count, description: 'How many changes lie between.' } })

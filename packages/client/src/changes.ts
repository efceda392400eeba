import type { Change, Difference, PastState } from '@muster/notifications'

import { isObject } from './is-object.js'
import { fits, isNumber, isText, isTextOrNull } from './rows.js'
import type { Checks } from './rows.js'

// What was written long ago has not all that is known of workers and services now: only what names one must be there.
const isWorker = (value: unknown): boolean => isObject(value) && isText(value.group) && isText(value.memberId)
const isService = (value: unknown): boolean => isObject(value) && isText(value.uuid) && isText(value.type) && isText(value.host)
const isSubjectOrNull = (value: unknown): boolean => value === null || isService(value) || isWorker(value)
const isGap = (value: unknown): boolean => isObject(value) && [value.from, value.to, value.count].every(isNumber)

const changeChecks: Checks<Change> = {
  seq: isNumber,
  id: isText,
  at: isText,
  kind: isText,
  type: isTextOrNull,
  host: isTextOrNull,
  uuid: isTextOrNull,
  group: isTextOrNull,
  memberId: isTextOrNull,
  cause: isText,
  actor: isTextOrNull,
  source: isTextOrNull,
  reason: isTextOrNull,
  massLoss: (value) => typeof value === 'boolean',
  before: isSubjectOrNull,
  after: isSubjectOrNull,
  gap: (value) => value === null || isGap(value),
}

export const isChange = (value: unknown): value is Change => fits(changeChecks, value)

export const isPastState = (value: unknown): value is PastState =>
  isObject(value) && isNumber(value.seq) && Array.isArray(value.workers) && value.workers.every(isWorker) && Array.isArray(value.services) && value.services.every(isService)

export const isDifference = (value: unknown): value is Difference =>
  isObject(value) && isSubjectOrNull(value.before) && isSubjectOrNull(value.after) && isChange(value.last) && isNumber(value.changes)

/** Stands for changes that the server has no longer, by their numbers. @throws SyntaxError */
export function missingOf(content: unknown): Change {
  if (!isObject(content) || !isGap(content)) throw new SyntaxError('a gap without its numbers')
  const gap = content as unknown as NonNullable<Change['gap']>
  const nobody = { type: null, host: null, uuid: null, group: null, memberId: null, actor: null, source: null, reason: null }
  return { seq: gap.to, id: crypto.randomUUID(), at: new Date().toISOString(), kind: 'gap', ...nobody, cause: 'unknown', massLoss: false, before: null, after: null, gap }
}

import { formatDuration } from '@muster/common'
import type { LockContender } from '@muster/coordination'

import type { Column } from '../output/list-printer.js'
import { placeOf } from './member-id.js'

/** Who stands in a line, for a lock or for a leadership. */
export interface Contender {
  readonly memberId: string
  /** ms, by the backend's clock. */
  readonly since: number
  readonly fencingToken: bigint
}

export const sinceText = ({ since }: Pick<Contender, 'since'>): string => new Date(since).toISOString()

/** What is told of a contender, however it is listed. A fencing token may be more than a number of JSON holds: it is text. */
export const contenderColumns: readonly Column<Contender>[] = [
  { title: 'Since', value: sinceText },
  { title: 'Age', value: ({ since }, now) => formatDuration(now - since) },
  { title: 'Hostname', value: ({ memberId }) => placeOf(memberId).hostname },
  { title: 'Process Id', value: ({ memberId }) => placeOf(memberId).process },
  { title: 'Member Id', value: ({ memberId }) => memberId },
  { title: 'Fencing Token', value: ({ fencingToken }) => String(fencingToken) },
]

/** For a sentence: `reindex_h1_4711_1f2e3d4c (pid 4711 on h1), since 2026-11-21T02:40:00.000Z (3m 2s)`. */
export function describeContender(contender: Contender, now = Date.now()): string {
  const { hostname, process } = placeOf(contender.memberId)
  const place = hostname === null ? '' : ` (pid ${process} on ${hostname})`
  return `${contender.memberId}${place}, since ${sinceText(contender)} (${formatDuration(now - contender.since)})`
}

/** For a sentence: who holds a lock, `held by ...`; undefined for nobody. */
export function describeHolders(contenders: readonly LockContender[], now = Date.now()): string | undefined {
  const holders = contenders.filter(({ isHolder }) => isHolder)
  const [first] = holders
  if (first === undefined) return undefined
  const more = holders.length > 1 ? ` and ${holders.length - 1} more` : ''
  const alone = first.kind === 'shared' && contenders.find(({ isHolder, kind }) => !isHolder && kind === 'exclusive')
  return `${first.kind === 'shared' ? 'shared' : 'held'} by ${describeContender(first, now)}${more}${alone ? `; ${alone.memberId} waits to have it alone` : ''}`
}

import { InvalidArgument } from '@muster/common'
import type { Change, ChangeFilter, HistoryReader } from '@muster/notifications'

import { parsePast } from '../services/parse-when.js'

/** From where on changes are told: after a number, or from a time on, ms. */
export type Since = { readonly after: number } | { readonly from: number }

/** A bare number is that of a change. @throws InvalidArgument */
export const parseSince = (text: string): Since => (/^\d{1,15}$/.test(text) ? { after: Number(text) } : { from: parsePast(text, '--since') })

const mostChanges = 100_000

/** @throws InvalidArgument */
export function parseLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= mostChanges) return limit
  throw new InvalidArgument('limit', `--limit: '${text}' is no number of changes`, { hint: `Give 1 to ${mostChanges}.` })
}

export interface ReadChanges {
  readonly changes: readonly Change[]
  /** How many there are besides: after them, where a number was asked for, else before them. */
  readonly others: number
  readonly firstSeq: number
  readonly lastSeq: number
}

const pageSize = 1000

/** The changes that match, oldest first: at most `limit`, the next ones after a number, or the latest ones from a time on. Those that come meanwhile are left out. */
export async function readChanges(history: HistoryReader, filter: ChangeFilter, since: Since, limit: number): Promise<ReadChanges> {
  const isForward = 'after' in since
  const changes: Change[] = []
  let [others, cursor] = [0, 'after' in since ? since.after : -1]
  let page = await history.changes(filter, { ...since, limit: pageSize })
  const { firstSeq, lastSeq } = page
  for (;;) {
    changes.push(...page.changes.filter(({ seq }) => seq <= lastSeq))
    const surplus = Math.max(0, changes.length - limit)
    others += surplus
    changes.splice(isForward ? limit : 0, surplus)
    if (page.next >= lastSeq || page.next <= cursor) return { changes, others, firstSeq, lastSeq }
    cursor = page.next
    page = await history.changes(filter, { ...since, after: cursor, limit: pageSize })
  }
}

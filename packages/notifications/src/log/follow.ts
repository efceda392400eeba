import { Bell } from '@muster/common'

import { matchesChange } from './change-log.js'
import type { ChangeFilter, ChangeLog } from './change-log.js'
import type { ChangeTail } from './change-tail.js'
import type { Change } from './change.js'
import { missing } from './rows.js'

/** What is followed: a log, and where many follow it its latest changes in memory. */
export interface FollowedLog {
  readonly log: ChangeLog
  readonly tail?: ChangeTail | undefined
}

export interface FollowOptions {
  readonly filter?: ChangeFilter | undefined
  /** The number after which to begin; default: the next change. */
  readonly after?: number | undefined
  /** A part without anything is yielded when it has begun: what is committed from then on is not missed; and when for so long nothing was yielded. */
  readonly everyMs: number
  /** Whether the process stays while it waits; default false. */
  readonly keepsAlive?: boolean | undefined
  readonly signal: AbortSignal
}

/** What comes next in a log. */
export interface LogPart {
  /** Of what is no longer kept, before the changes; undefined where nothing is missing. */
  readonly gap?: Change | undefined
  readonly changes: readonly Change[]
}

const atOnce = 200

/** Yields what comes after a number, as it comes, in order, each change once; ends when `signal` aborts. @throws what reading the log throws */
export async function* follow(followed: FollowedLog, { filter = {}, after, everyMs, keepsAlive, signal }: FollowOptions): AsyncGenerator<LogPart, void> {
  const { log, tail } = followed
  const bell = new Bell({ keepsAlive })
  const stopListening = (tail ?? log).onAdded(() => bell.ring())
  try {
    let cursor = after ?? tail?.lastSeq ?? (await log.read({}, { limit: 1, signal })).lastSeq
    yield { changes: [] }
    let dueAt = performance.now() + everyMs
    while (!signal.aborted) {
      bell.hear()
      const { next, isLast, gap, changes } = await readOn(followed, { after: cursor, filter, limit: atOnce, signal })
      cursor = next
      if (!gap && changes.length === 0) {
        if (isLast) await bell.wait(dueAt - performance.now(), signal)
        if (performance.now() < dueAt) continue // woken by what the filter does not show
      }
      yield { gap, changes }
      dueAt = performance.now() + everyMs
    }
  } finally {
    stopListening()
  }
}

interface ReadOnOptions {
  readonly after: number
  readonly filter: ChangeFilter | undefined
  readonly limit: number
  readonly signal: AbortSignal
}

/** Some of what comes after a number, from memory, else from the log. `next`: where to go on; `isLast`: nothing is there yet. */
export async function readOn({ log, tail }: FollowedLog, { after, filter = {}, limit, signal }: ReadOnOptions): Promise<LogPart & { readonly next: number; readonly isLast: boolean }> {
  const near = tail?.after(after)
  if (near) {
    const changes: Change[] = []
    let next = after
    for (const change of near) {
      if (changes.length === limit) break
      if (matchesChange(filter, change)) changes.push(change)
      next = change.seq
    }
    return { changes, next, isLast: next >= (tail?.lastSeq ?? 0) }
  }
  const { changes, next, firstSeq, lastSeq } = await log.read(filter, { after, limit, signal })
  return { changes, gap: firstSeq > after + 1 ? missing(after + 1, firstSeq - 1) : undefined, next: Math.max(next, firstSeq - 1), isLast: next >= lastSeq }
}

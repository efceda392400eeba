import { checkCalls } from './check-calls.js'
import { checkHolders } from './check-holders.js'
import { checkMembers } from './check-members.js'
import { checkRest } from './check-rest.js'
import type { History } from './history.js'

/** All that must never be and was, in words; of the same kind in the same place at most a few. No clock, no store: only what is in the history. */
export function check(history: History): string[] {
  return [checkHolders, checkMembers, checkCalls, checkRest].flatMap((chapter) => [...new Set(chapter(history))])
}

import type { Claim, History, Subject } from './history.js'

export type Held = Claim & { readonly of: Subject & { what: 'held' } }

export const holdersOf = ({ claims }: History): Held[] => claims.filter((claim): claim is Held => claim.of.what === 'held').sort((a, b) => a.from - b.from)

const nameOf = ({ by, of: { contest, isShared, token } }: Held): string => `${by} (${contest} ${isShared ? 'shared' : 'alone'}, token ${token})`

/** Two who held one thing at one moment, though not both shared it; and tokens that did not grow from one holder to the next. */
export function checkHolders(history: History): string[] {
  const wrong: string[] = []
  const holders = holdersOf(history)
  for (const [index, first] of holders.entries()) {
    for (const second of holders.slice(index + 1)) {
      if (first.of.contest !== second.of.contest || (first.of.isShared && second.of.isShared)) continue
      const bothMs = Math.min(first.until, second.until) - second.from
      const wasAtFirstLook = second.before >= first.from && second.from <= first.until
      if (bothMs > 0 || wasAtFirstLook) wrong.push(`two holders: ${nameOf(first)} and ${nameOf(second)} for ${Math.max(0, bothMs).toFixed(1)} ms`)
      // Only what surely came later: its first look was begun when that of the other one had ended.
      if (second.before > first.from && second.of.token <= first.of.token) wrong.push(`a token went back: ${nameOf(first)}, and after it ${nameOf(second)}`)
    }
  }
  return wrong
}

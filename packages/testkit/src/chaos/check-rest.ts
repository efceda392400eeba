import { isDeepStrictEqual } from 'node:util'

import { unreadable } from './history.js'
import type { History, Rest, Truth } from './history.js'
import { groupNames } from './plan.js'

/** What does not fit when all is healed: everybody sees those who are there and nobody else, and only those who want to stand in line. */
export function differences({ truths, lines }: Rest): string[] {
  return [
    ...truths.flatMap((truth) => [...(truth.isBusy ? [`${truth.by} is not done`] : []), ...(truth.isConnected ? [] : [`${truth.by} is not connected`])]),
    ...groupNames.flatMap((group) => wrongSights(truths, group)),
    ...wrongLines(truths, lines),
  ]
}

function wrongSights(truths: readonly Truth[], group: string): string[] {
  const members = [unreadable, ...truths.flatMap(({ joined }) => joined[group] ?? [])].sort()
  const leaders = truths.flatMap(({ leading }) => leading[group] ?? [])
  const wrong = leaders.length > 1 ? [`${leaders.length} lead ${group}`] : []
  for (const { by, views, lists, leaders: seen } of truths) {
    for (const [how, shown] of [['view', views[group]], ['list', lists[group]]] as const) {
      if (!isDeepStrictEqual(shown, members)) wrong.push(`the ${how} of ${group} that ${by} has: ${(shown ?? []).join(', ')}; there are ${members.join(', ')}`)
    }
    if (seen[group] !== leaders[0]) wrong.push(`the leader of ${group} that ${by} sees: ${String(seen[group])}; it is ${String(leaders[0])}`)
  }
  return wrong
}

function wrongLines(truths: readonly Truth[], lines: Rest['lines']): string[] {
  const contests = new Set([...Object.keys(lines), ...truths.flatMap(({ contending }) => Object.keys(contending))])
  return [...contests].flatMap((contest) => {
    const expected = truths.flatMap(({ memberId, contending }) => Array<string>(contending[contest] ?? 0).fill(memberId)).sort()
    const found = lines[contest] ?? []
    return isDeepStrictEqual(found, expected) ? [] : [`in the line of ${contest}: ${found.join(', ') || 'nobody'}; wanting: ${expected.join(', ') || 'nobody'}`]
  })
}

/** What did not come to rest, and what was left behind. */
export function checkRest({ events }: History): string[] {
  const ends = new Set(events.map(({ type }) => type))
  return [
    ...events.flatMap((event) => (event.type === 'rest' ? differences(event.rest).map((what) => `no rest: ${what}`) : [])),
    ...events.flatMap((event) => (event.type === 'remains' ? event.remains.map((what) => `left behind: ${what}`) : [])),
    ...(['rest', 'remains'] as const).flatMap((type) => (ends.has(type) ? [] : [`nobody looked at the ${type}`])),
  ]
}


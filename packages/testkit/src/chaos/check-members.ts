import { calmOf } from './calm.js'
import { unreadable } from './history.js'
import type { Claim, Event, History, Subject } from './history.js'

type Stay = Claim & { readonly of: Subject & { what: 'member' } }

/** What a list or a view showed of a group, and since when it must have known it. */
interface Picture {
  readonly what: string
  readonly group: string
  readonly members: readonly string[]
  /** A member that was in from then, */
  readonly since: number
  /** until then, must be in it. */
  readonly until: number
  /** One that was over by then must not. */
  readonly asOf: number
}

const processOf = (label: string): string => label.replace(/ join \d+$/, '')

/** Members that lived and were missing, and such that were over and shown. */
export function checkMembers(history: History): string[] {
  const { events, claims, bounds } = history
  const stays = claims.filter((claim): claim is Stay => claim.of.what === 'member')
  const calm = calmOf(history)
  const killed = new Map(events.flatMap((event) => (event.type === 'killed' ? [[event.by, event.at] as const] : [])))
  const left = new Map(events.flatMap((event) => (event.type === 'left' ? [[event.label, event.at] as const] : [])))
  const wrong: string[] = []
  for (const { what, group, members, since, until, asOf } of picturesOf(history)) {
    const isRight = (label: string): boolean => label === unreadable || !label.startsWith('stranger')
    for (const { of: { label }, by } of stays.filter((stay) => stay.of.group === group && stay.from <= since && stay.until >= until)) {
      if (!members.includes(label)) wrong.push(`missing: ${label} of ${by}, which was in ${group} all the time, is not in ${what}: ${members.join(', ') || 'nobody'}`)
    }
    if (!members.includes(unreadable)) wrong.push(`missing: the unreadable member of ${group} is not in ${what}: ${members.join(', ') || 'nobody'}`)
    for (const label of members) {
      const [leftAt, killedAt] = [left.get(label) ?? Infinity, killed.get(processOf(label)) ?? Infinity]
      if (leftAt < asOf) wrong.push(`shown: ${label}, which had left ${group} ${Math.round(asOf - leftAt)} ms before, is in ${what}`)
      if (calm(killedAt, asOf) > bounds.goneWithin) wrong.push(`shown: ${label}, dead for ${Math.round(asOf - killedAt)} ms, is in ${what}`)
      if (!isRight(label)) wrong.push(`shown: ${label} is in ${what}`)
    }
  }
  return wrong
}

function picturesOf(history: History): Picture[] {
  return history.events.flatMap((event) => {
    if (event.type === 'listed') return [listed(event, history)]
    if (event.type === 'viewed') return viewed(event, history)
    return []
  })
}

function listed({ by, at, asked, group, members }: Event & { type: 'listed' }, { bounds }: History): Picture {
  return { what: `the list that ${by} asked for`, group, members, since: asked - bounds.seenWithin, until: at, asOf: asked }
}

/** A view must be as new as the last moment at which its client had been connected for long enough; it never forgets what it cannot know to be over. */
function viewed({ by, at, group, members }: Event & { type: 'viewed' }, { claims, bounds }: History): Picture[] {
  const connected = claims.filter((claim) => claim.by === by && claim.of.what === 'connected' && claim.from + bounds.seenWithin <= Math.min(at, claim.until))
  const knownAt = Math.max(...connected.map(({ until }) => Math.min(at, until)))
  if (knownAt === -Infinity) return []
  return [{ what: `the view of ${by}`, group, members, since: knownAt - bounds.seenWithin, until: at, asOf: knownAt - bounds.seenWithin }]
}

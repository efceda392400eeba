import type { Event, History } from './history.js'
import { describe } from './plan.js'
import type { Plan } from './plan.js'

const mostLines = 300

/** The plan, and what happened, one line each, for the one who must find out why. */
export function toStory({ clients, steps }: Plan, wrong: readonly string[], history: History): string {
  const begun = history.events[0]?.at ?? 0
  const lines = [
    ...history.events.flatMap((event) => describeEvent(event).map((what) => ({ at: event.at, line: `${event.by}: ${what}` }))),
    ...history.claims.flatMap(({ by, of, from, until }) =>
      of.what === 'held' ? [{ at: from, line: `${by}: HOLDS ${of.contest} ${of.isShared ? 'shared' : 'alone'}, token ${of.token}, surely for ${Math.max(0, until - from).toFixed(1)} ms` }] : [],
    ),
  ].sort((a, b) => a.at - b.at)
  const told = lines.map(({ at, line }) => `${(at - begun).toFixed(1).padStart(9)}  ${line}`)
  if (told.length > mostLines) told.splice(mostLines / 2, told.length - mostLines, `... ${told.length - mostLines} lines are left out ...`)
  return [
    `The plan, for ${clients} clients:`,
    ...steps.map(({ afterMs, client, act }) => `  ${String(afterMs).padStart(4)} ms later, client ${(client % clients) + 1}: ${describe(act)}`),
    'What happened, ms:',
    ...told,
    'What must never be:',
    ...wrong.slice(0, 20).map((line) => `  ${line}`),
  ].join('\n')
}

function describeEvent(event: Event): string[] {
  switch (event.type) {
    case 'asked':
      return event.what.startsWith('list') ? [] : [`(${event.call}) ${event.what}`]
    case 'answered':
      return event.outcome === 'done' ? [] : [`(${event.call}) ${event.message ?? ''}`]
    case 'lost':
      return [`LETS GO of ${event.contest}, token ${event.token}: ${event.reason}`]
    case 'state':
      return [`${event.state}, epoch ${event.epoch}`]
    case 'fault':
      return [`FAULT ${event.kind} is over; it was in force for ${Math.round(event.at - event.from)} ms`]
    case 'away':
      return [`was away for ${Math.round(event.at - event.from)} ms`]
    case 'exited':
      return [`ended with ${String(event.code)}`]
    case 'left':
      return [`${event.label} has left`]
    case 'broken':
      return [`BROKEN: ${event.message}`]
    case 'opened':
    case 'killed':
    case 'rest':
    case 'remains':
      return [event.type]
    case 'listed':
    case 'viewed':
      return []
  }
}

import { presenceOf } from './calm.js'
import type { Event, History } from './history.js'

/** A machine on which others work too answers later. */
const slackMs = 1500

/** Calls without an outcome in time, failures that are no error of Muster, and processes that do not end. */
export function checkCalls(history: History): string[] {
  const { events, bounds } = history
  const end = events.at(-1)?.at ?? 0
  const processes = new Set(events.map(({ by }) => by))
  return [...processes].flatMap((by) => {
    const own = events.filter((event) => event.by === by)
    const wasKilled = own.some(({ type }) => type === 'killed')
    const present = presenceOf(history, by)
    const answers = new Map(own.flatMap((event) => (event.type === 'answered' ? [[event.call, event] as const] : [])))
    return own.flatMap((event) => {
      switch (event.type) {
        case 'asked':
          return judge(event, answers.get(event.call), wasKilled, end, present)
        case 'answered':
          return event.outcome === 'failed' && event.code === undefined ? [`an error that is none of Muster's: ${by}: ${event.message ?? ''}`] : []
        case 'broken':
          return [`broken: ${by}: ${event.message}`]
        case 'exited':
          return event.code === 0 ? [] : [`no end: ${by} was closed and ${event.code === null ? `does not end within ${bounds.exitWithin} ms` : `ended with ${event.code}`}`]
        default:
          return []
      }
    })
  })
}

function judge(asked: Event & { type: 'asked' }, answer: Event | undefined, wasKilled: boolean, end: number, present: (from: number, until: number) => number): string[] {
  if (!answer && wasKilled) return []
  const tookMs = present(asked.at, answer?.at ?? end)
  if (answer && tookMs <= asked.limitMs + slackMs) return []
  return [`no outcome in time: ${asked.by}: ${asked.what}: ${answer ? `after ${Math.round(tookMs)} ms` : 'none at all'}, ${asked.limitMs} ms were the limit`]
}

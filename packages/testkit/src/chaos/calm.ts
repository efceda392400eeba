import type { Event, History } from './history.js'

interface Stretch {
  readonly from: number
  readonly until: number
}

const join = (stretches: readonly Stretch[]): Stretch[] => {
  const joined: Stretch[] = []
  for (const { from, until } of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && from <= last.until) joined[joined.length - 1] = { from: last.from, until: Math.max(last.until, until) }
    else joined.push({ from, until })
  }
  return joined
}

const restOf = (stretches: readonly Stretch[], from: number, until: number): number =>
  stretches.reduce((rest, stretch) => rest - Math.max(0, Math.min(until, stretch.until) - Math.max(from, stretch.from)), Math.max(0, until - from))

const stretchesOf = (events: readonly Event[]): Stretch[] =>
  join(events.flatMap((event) => (event.type === 'fault' || event.type === 'away' ? [{ from: event.from, until: event.at }] : [])))

/** How much of a time nothing was wrong with anybody, ms: no fault in force, no process stopped or busy. */
export function calmOf({ events }: History): (from: number, until: number) => number {
  const troubles = stretchesOf(events)
  return (from, until) => restOf(troubles, from, until)
}

/** How much of a time this process was there, ms. */
export function presenceOf({ events }: History, by: string): (from: number, until: number) => number {
  const absences = stretchesOf(events.filter((event) => event.by === by && event.type === 'away'))
  return (from, until) => restOf(absences, from, until)
}

import type { StepRow } from './rows.js'

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** A duration for people: its two largest units, `1 hour 5 minutes`. */
export function inWords(ms: number): string {
  if (ms < 1000) return 'less than a second'
  const first = units.findIndex(([, size]) => ms >= size)
  let rest = ms
  const words = units.slice(first, first + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return count === 0 ? '' : `${count} ${unit}${count === 1 ? '' : 's'}`
  })
  return words.filter(Boolean).join(' ')
}

/** A step as one sentence: `Launching instances completed 1000 out of 1000 in 10 minutes`, `Waiting for ssh: 59 out of 1000`. `silentMs`: since the last report. */
export function summaryOf({ step_name: name, completed, failed, total, duration_ms: duration, state }: Pick<StepRow, 'step_name' | 'completed' | 'failed' | 'total' | 'duration_ms' | 'state'>, silentMs = 0): string {
  const counts = `${completed} out of ${total}${failed > 0 ? `, ${failed} failed` : ''}`
  if (duration !== null) return `${name} completed ${counts}${failed > 0 ? ',' : ''} in ${inWords(duration)}`
  return `${name}: ${counts}${state === 'incomplete' ? `, no report for ${inWords(silentMs)}` : ''}`
}

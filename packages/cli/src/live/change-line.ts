import type { WorkerChange } from '@muster/servicegroup'

import { safeText } from '../safe-text.js'

/** One line for one change: when, what, name, host, pid and group. */
export function changeLine(change: WorkerChange, at = new Date()): string {
  const { name, hostname, process, group } = change.type === 'left' ? change.before : change.worker
  const rejoined = change.type === 'updated' && change.rejoined ? '  (rejoined)' : ''
  return `${timeOfDay(at)}  ${change.type.padEnd(7)}  ${safeText(name).padEnd(32)}  ${safeText(hostname ?? '?')}  pid ${process ?? '?'}  group ${safeText(group)}${rejoined}`
}

/** By the clock and zone of this host: `04:12:29`. */
export const timeOfDay = (at: Date): string => at.toTimeString().slice(0, 8)

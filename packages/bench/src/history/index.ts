import type { Outcome } from '../outcome.js'
import { measureHistoryDelay } from './delay.js'
import { measureHistoryJoins } from './joins.js'
import { measureHistoryLarge } from './large.js'
import { measureSinks } from './sinks.js'

/** By name: the history of a store, and who is told of it. */
export const historyBenchmarks: Readonly<Record<string, () => Promise<Outcome[]>>> = {
  'history-delay': measureHistoryDelay,
  'history-joins': measureHistoryJoins,
  'history-large': measureHistoryLarge,
  sinks: measureSinks,
}

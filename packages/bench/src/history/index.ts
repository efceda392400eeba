import type { Outcome } from '../outcome.js'
import { measureHistoryDelay } from './delay.js'
import { measureHistoryJoins } from './joins.js'

export const historyBenchmarks: Readonly<Record<string, () => Promise<Outcome[]>>> = {
  'history-delay': measureHistoryDelay,
  'history-joins': measureHistoryJoins,
}

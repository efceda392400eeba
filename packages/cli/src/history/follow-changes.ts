import { longestTimerMs } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Change, ChangeFilter, HistoryReader } from '@muster/notifications'

import type { Io } from '../io.js'
import { plainLogger, say } from '../io.js'
import { timeOfDay } from '../live/change-line.js'
import { asciiJson } from '../output/json.js'
import { markingFor, paint } from '../output/marks.js'
import { measureFor } from '../output/measure.js'
import type { WatchFormat } from '../output/options.js'
import { wrapText } from '../output/wrap-text.js'
import { safeText } from '../safe-text.js'
import { untilStopped } from '../stop-signals.js'
import { whatMarks } from './change-columns.js'
import { withHistory } from './history-target.js'
import type { HistoryTarget } from './history-target.js'
import type { Since } from './read-changes.js'
import { describeChange, serviceOf } from './what.js'

interface Followed {
  readonly target: HistoryTarget
  readonly filter: ChangeFilter
  /** Default: the next change. */
  readonly since: Since | undefined
  readonly format: WatchFormat
  readonly io: Io
}

/** Writes a line for each change until INT, TERM or HUP. Resolves with the exit status. */
export function followChanges({ target, filter, since, format, io }: Followed): Promise<number> {
  return untilStopped(async (signal) => {
    const tell = async (history: HistoryReader): Promise<void> => {
      const after = await numberBefore(history, since, signal)
      say(io, `watching the changes after ${after}`)
      for await (const change of history.watchChanges(filter, { after, signal })) await io.write(`${format === 'json' ? asciiJson(change) : await changeLine(change, io)}\n`)
    }
    const alive = setInterval(() => {}, longestTimerMs) // a database that nobody writes to does not keep the process
    try {
      await withHistory(target, io, tell, tellingLogger(io))
    } finally {
      clearInterval(alive)
    }
    return 0
  })
}

/** That the server is back is worth a sentence, too. */
function tellingLogger(io: Io): Logger {
  return { ...plainLogger(io), info: (_, message) => say(io, message) }
}

async function numberBefore(history: HistoryReader, since: Since | undefined, signal: AbortSignal): Promise<number> {
  if (since && 'after' in since) return since.after
  const { changes: [first], lastSeq } = await history.changes({}, { ...since, limit: 1, signal })
  return since && first ? first.seq - 1 : lastSeq
}

const typical = { seq: 4, service: 22 }
const margin = ' '.repeat(typical.seq + 2)

/** One line for one change: number, when, whose, and in words; these below it where the terminal is too narrow. */
export async function changeLine(change: Change, { env, columns = 0 }: Pick<Io, 'env' | 'columns'>): Promise<string> {
  const head = `${String(change.seq).padStart(typical.seq)}  ${timeOfDay(new Date(change.at))}  ${safeText(serviceOf(change)).padEnd(typical.service)}`
  const words = safeText(describeChange(change))
  const shown = (text: string): string => (markingFor({ env, columns: columns || undefined }) === 'plain' ? text : paint(text, whatMarks(words)))
  const measure = await measureFor([head, words])
  if (columns === 0 || measure(`${head}  ${words}`) <= columns) return `${head}  ${shown(words)}`
  return [head.trimEnd(), ...wrapText(words, Math.max(1, columns - margin.length), measure).map((line) => margin + shown(line))].join('\n')
}

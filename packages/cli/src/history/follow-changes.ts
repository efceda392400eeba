import type { Logger } from '@muster/common'
import type { Change, ChangeFilter, HistoryReader } from '@muster/notifications'

import type { Io } from '../io.js'
import { plainLogger, say } from '../io.js'
import { timeOfDay } from '../live/change-line.js'
import { markingFor, paint } from '../output/marks.js'
import type { WatchFormat } from '../output/options.js'
import { asciiJson } from '../output/json.js'
import { safeText } from '../safe-text.js'
import { untilStopped } from '../stop-signals.js'
import { changeColumns } from './change-columns.js'
import { withHistory } from './history-target.js'
import type { HistoryTarget } from './history-target.js'
import type { Since } from './read-changes.js'
import { describeWhat } from './what.js'

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
      for await (const change of history.watchChanges(filter, { after, signal })) await io.write(`${format === 'json' ? asciiJson(change) : changeLine(change, io)}\n`)
    }
    await withHistory(target, io, tell, tellingLogger(io))
    return 0
  })
}

/** That the server is back is worth a sentence, too. */
function tellingLogger(io: Io): Logger {
  const logger = plainLogger(io)
  return { ...logger, info: logger.warn }
}

async function numberBefore(history: HistoryReader, since: Since | undefined, signal: AbortSignal): Promise<number> {
  if (since && 'after' in since) return since.after
  const { changes: [first], lastSeq } = await history.changes({}, { ...since, limit: 1, signal })
  return since && first ? first.seq - 1 : lastSeq
}

const typical = { seq: 4, kind: 15, subject: 22 }

/** One line for one change: number, when, what, whose, and in words; two where the terminal is too narrow for one. */
export function changeLine(change: Change, io: Pick<Io, 'env' | 'columns'>): string {
  const { seq, at, kind, type, host, cause, actor, reason, massLoss } = change
  const subject = type === null && host === null ? '' : safeText(`${type ?? '?'}@${host ?? '?'}`)
  const head = `${String(seq).padStart(typical.seq)}  ${timeOfDay(new Date(at))}  ${kind.padEnd(typical.kind)}  ${subject.padEnd(typical.subject)}`
  const why = [massLoss ? `${cause}, mass loss` : cause, ...(actor === null ? [] : [`by ${actor}`]), ...(reason === null ? [] : [`"${reason}"`])].join(' ')
  const tail = safeText(`${describeWhat(change)} (${why})`)
  const coloured = (title: string, text: string, shown: string): string => (markingFor(io) === 'plain' ? shown : paint(shown, changeColumns.find((column) => column.title === title)?.marks?.(text)))
  const isNarrow = io.columns !== undefined && io.columns > 0 && head.length + 2 + tail.length > io.columns
  const between = isNarrow ? `\n${' '.repeat(typical.seq + 2)}` : '  '
  return `${coloured('Change', kind, isNarrow ? head.trimEnd() : head)}${between}${coloured('What', tail, tail)}`
}

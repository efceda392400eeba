import { defineCommand } from '../command.js'
import { changeColumns, isNarrow, narrowChangeColumns } from '../history/change-columns.js'
import { historyOptions, resolveHistory, withHistory } from '../history/history-target.js'
import { parseLimit, parseSince, readChanges } from '../history/read-changes.js'
import type { ReadChanges, Since } from '../history/read-changes.js'
import type { Io } from '../io.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import { outputOptions, watchFormat } from '../output/options.js'
import { tellingColumns } from '../output/telling-columns.js'

const text = { type: 'string', array: true, requiresArg: true } as const
const kinds = ['service.created', 'service.updated', 'service.deleted', 'worker.joined', 'worker.updated', 'worker.left', 'gap'] as const
const defaults = { since: '24h', limit: '100' } as const

/** With `--fail-empty`. */
const emptyStatus = 5

export const command = defineCommand({
  name: 'changes',
  help: `Tells what has happened to workers and services, why and who did it.

  svc changes
  svc changes --since 1h --host host1
  svc changes --since 2026-11-28T09:00:00Z --kind worker.left --kind service.updated
  svc changes --since 4711              the next ones after number 4711
  svc changes -w                        every change as it happens, until Ctrl-C
  svc changes -w --since 1h -f json     a line of JSON each, those of the last hour first

svc serve keeps the history. Times are UTC in lists, those of this host with -w. What is no longer kept, or
was never told in time, is a gap.`,
  options: {
    since: { type: 'string', requiresArg: true, describe: `Since then: 1h, a time as 2026-11-28T22:00:00Z, or after the change of that number (else ${defaults.since})` },
    type: { ...text, describe: 'Only changes of services of this type, and of their workers; may be repeated, as the next two' },
    host: { ...text, describe: 'Only changes on this host' },
    kind: { ...text, choices: kinds, describe: 'Only changes of this kind' },
    limit: { type: 'string', requiresArg: true, describe: `At most so many: the latest, or the next ones after a number (else ${defaults.limit})` },
    'fail-empty': { type: 'boolean', describe: 'Exit with 5 when there is none' },
    watch: { alias: 'w', type: 'boolean', describe: 'Go on: a line for each change as it happens; with -f json one of JSON. Without --since only those' },
    ...outputOptions,
    ...historyOptions,
  },
  run: async (args, io) => {
    const { type, host, kind } = args
    const filter = { type, host, kind }
    const limit = parseLimit(args.limit ?? defaults.limit)
    const target = await resolveHistory(args, io)
    if (args.watch === true) {
      const since = args.since === undefined ? undefined : parseSince(args.since)
      return (await import('../history/follow-changes.js')).followChanges({ target, filter, since, format: watchFormat(args.format), io })
    }
    const since = parseSince(args.since ?? defaults.since)
    listPrinter(changeColumns, args, io) // says what is wrong with the options before anything is read
    const read = await withHistory(target, io, (history) => readChanges(history, filter, since, limit))
    const columns = isNarrow(args, io) ? narrowChangeColumns : tellingColumns(changeColumns, read.changes, args.format)
    await listPrinter(columns, args, io)(read.changes)
    tellTheRest(read, since, io)
    return read.changes.length === 0 && args['fail-empty'] === true ? emptyStatus : 0
  },
})

/** Says on stderr what is not listed. */
function tellTheRest({ changes, others, firstSeq, lastSeq }: ReadChanges, since: Since, io: Io): void {
  if ('after' in since && firstSeq > since.after + 1) say(io, `the changes ${since.after + 1} to ${firstSeq - 1} are no longer kept`)
  if (changes.length === 0) say(io, `no changes${lastSeq > 0 ? `; the last of all is ${lastSeq}` : ''}`)
  const [count, last] = [others.toLocaleString('en'), changes.at(-1)?.seq]
  if (others > 0) say(io, 'after' in since ? `${count} more: go on with --since ${last}` : `${count} older ones are not listed: --limit ${changes.length + others} lists them too`)
}

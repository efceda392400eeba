import type { Difference } from '@muster/notifications'

import { defineCommand } from '../command.js'
import { isNarrow } from '../history/change-columns.js'
import { differenceColumns, narrowDifferenceColumns, sign } from '../history/difference-columns.js'
import { historyOptions, resolveHistory, withHistory } from '../history/history-target.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import { outputOptions } from '../output/options.js'
import { tellingColumns } from '../output/telling-columns.js'
import { parsePast } from '../services/parse-when.js'

/** With `--fail-empty`. */
const emptyStatus = 5

export const command = defineCommand({
  name: 'diff',
  help: `Tells which workers and services are another way than they were, and who did it last.

  svc diff
  svc diff --since 1h
  svc diff --since 2026-11-28T09:00:00Z -f json

What was changed and changed back is left out: svc changes has it. Exits with 3 when the history does not go so far back.`,
  options: {
    since: { type: 'string', requiresArg: true, default: '24h', describe: 'Than then: 1h, or a time as 2026-11-28T22:00:00Z' },
    'fail-empty': { type: 'boolean', describe: 'Exit with 5 when nothing is another way' },
    ...outputOptions,
    ...historyOptions,
  },
  run: async (args, io) => {
    const time = parsePast(args.since, '--since')
    const isTable = args.format === 'table'
    const columns = isTable ? differenceColumns.map((column) => (column.title === 'Change' ? { ...column, onRequest: true } : column)) : differenceColumns // the sign says it
    const print = (rows: readonly Difference[]): Promise<void> => listPrinter(isNarrow(args, io) ? narrowDifferenceColumns : tellingColumns(columns, rows, args.format), args, io, isTable ? { lead: sign } : {})(rows)
    listPrinter(columns, args, io) // says what is wrong with the options before anything is read
    const differences = await withHistory(await resolveHistory(args, io), io, (history) => history.differencesSince({ time }))
    await print(differences)
    if (differences.length === 0) say(io, `nothing is another way than at ${new Date(time).toISOString()}`)
    return differences.length === 0 && args['fail-empty'] === true ? emptyStatus : 0
  },
})

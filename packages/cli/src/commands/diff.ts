import { defineCommand } from '../command.js'
import { differenceColumns, sign } from '../history/difference-columns.js'
import { historyOptions, resolveHistory, withHistory } from '../history/history-target.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import { outputOptions } from '../output/options.js'
import { parsePast } from '../services/parse-when.js'

/** With `--fail-empty`. */
const emptyStatus = 5

export const command = defineCommand({
  name: 'diff',
  help: `Tells which workers and services are another way than they were, and who did it last.

  svc diff --since 1h
  svc diff --since 2026-11-28T09:00:00Z -f json

What was changed and changed back is left out: svc changes has it. Exits with 3 when the history does not go so far back.`,
  options: {
    since: { type: 'string', requiresArg: true, demandOption: true, describe: 'Than then: 1h, or a time as 2026-11-28T22:00:00Z' },
    'fail-empty': { type: 'boolean', describe: 'Exit with 5 when nothing is another way' },
    ...outputOptions,
    ...historyOptions,
  },
  run: async (args, io) => {
    const time = parsePast(args.since, '--since')
    const lead = args.format === 'table' ? { lead: sign } : {}
    const columns = differenceColumns.map((column) => (column.title === 'Change' && args.format === 'table' ? { ...column, onRequest: true } : column))
    const print = listPrinter(columns, args, io, lead)
    const differences = await withHistory(await resolveHistory(args, io), io, (history) => history.differencesSince({ time }))
    await print(differences)
    if (differences.length === 0) say(io, `nothing is another way than at ${new Date(time).toISOString()}`)
    return differences.length === 0 && args['fail-empty'] === true ? emptyStatus : 0
  },
})

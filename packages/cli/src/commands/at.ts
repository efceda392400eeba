import { defineCommand } from '../command.js'
import { historyOptions, resolveHistory, withHistory } from '../history/history-target.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import { outputOptions } from '../output/options.js'
import { parsePast } from '../services/parse-when.js'
import { observedColumns } from '../services/service-columns.js'
import { workerColumns } from './list.js'

export const command = defineCommand({
  name: 'at',
  help: `Lists the workers that were alive at a time. Exits with 3 when the history does not go so far back.

  svc at 1h                        an hour ago
  svc at 2026-11-28T09:00:00Z
  svc at 1h --services             the services, as they were`,
  argument: { name: 'TIME', of: 'time' },
  options: {
    services: { type: 'boolean', describe: 'The services instead, with their state and what was decided about them' },
    ...outputOptions,
    ...historyOptions,
  },
  run: async (args, io, _, word = '') => {
    const time = parsePast(word, 'TIME')
    const [printWorkers, printServices] = [listPrinter(workerColumns, args.services === true ? { ...args, column: undefined } : args, io), args.services === true ? listPrinter(observedColumns, args, io) : undefined]
    const { seq, workers, services } = await withHistory(await resolveHistory(args, io), io, (history) => history.stateAt({ time }))
    await (printServices ? printServices(services, time) : printWorkers(workers, time))
    const count = printServices ? services.length : workers.length
    say(io, `${count} ${printServices ? 'service' : 'worker'}${count === 1 ? '' : 's'} at ${new Date(time).toISOString()}, after change ${seq}`)
    return 0
  },
})

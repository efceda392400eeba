import type { PastState } from '@muster/notifications'

import { defineCommand } from '../command.js'
import { historyOptions, resolveHistory, withHistory } from '../history/history-target.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import type { ListPrinter } from '../output/list-printer.js'
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
    const target = await resolveHistory(args, io)
    const print = args.services === true ? printerOf('services', listPrinter(observedColumns, args, io), time) : printerOf('workers', listPrinter(workerColumns, args, io), time)
    const state = await withHistory(target, io, (history) => history.stateAt({ time }))
    const count = await print(state)
    say(io, `${count} ${args.services === true ? 'service' : 'worker'}${count === 1 ? '' : 's'} at ${new Date(time).toISOString()}, after change ${state.seq}`)
    return 0
  },
})

/** What prints one of the two lists of a state, and says how many are in it. */
function printerOf<Key extends 'workers' | 'services'>(key: Key, print: ListPrinter<PastState[Key][number]>, time: number): (state: PastState) => Promise<number> {
  return async (state) => {
    await print(state[key], time)
    return state[key].length
  }
}

import type { Service } from '@muster/servicegroup'

import { defineCommand } from '../command.js'
import { serviceOptions } from '../filter-options.js'
import { say } from '../io.js'
import { watchList } from '../live/watch-list.js'
import { outputOptions } from '../output/options.js'
import { serviceFilter } from '../services/list-services.js'
import { serviceColumns } from '../services/service-columns.js'
import { serviceSubject } from '../services/service-subject.js'
import { resolveTarget, targetOptions } from '../target.js'

export const command = defineCommand({
  name: 'watch',
  help: `Writes a line for every change of a service, of its record or its state, until Ctrl-C.

  svc watch
  svc watch --hostname host1
  svc watch -f json                 a line of JSON for all services at first, then one for each change

svc list --services -w redraws the list instead.`,
  options: {
    ...serviceOptions,
    format: { ...outputOptions.format, choices: ['table', 'json'], describe: 'table: a line for people; json: a line of JSON' },
    ...targetOptions,
  },
  run: (args, io) => {
    const print = (services: readonly Service[]): Promise<void> => {
      say(io, `watching ${services.length} service${services.length === 1 ? '' : 's'}`)
      return Promise.resolve()
    }
    const format = args.format === 'json' ? 'json' : 'table'
    return watchList({ subject: serviceSubject(serviceFilter(args)), columns: serviceColumns, args: { format, quote: 'nonnumeric' }, print, target: resolveTarget(args, io.env), io, asLines: true })
  },
})

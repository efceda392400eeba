import { InvalidArgument } from '@muster/common'

import { defineCommand } from '../command.js'
import { target } from '../services/find-service.js'
import { requireReason } from '../services/require-reason.js'
import { parseWhen } from '../services/parse-when.js'
import { undoMaintenance } from '../services/undo.js'
import { update } from '../services/update.js'
import { reasonOption, writeOptions, writeServices } from '../services/write.js'

export const command = defineCommand({
  name: 'maintenance on',
  help: `Begins maintenance of services: schedulers are not to use them. It ends by itself.

  svc maintenance on nova-compute@host1 --until 2h --reason 'new disks'
  svc maintenance on host1 --until 2026-11-28T22:00:00Z --reason 'new disks'`,
  options: {
    until: { type: 'string', requiresArg: true, describe: 'When it ends: so long from now, e.g. 2h, or a time as 2026-11-28T22:00:00Z' },
    reason: { ...reasonOption, describe: 'Why; shown with the service and kept in the history' },
    ...writeOptions,
  },
  argument: { ...target, isMany: true },
  run: async (args, io, _command, _first, words) => {
    const note = requireReason('maintenance on', args.reason)
    if (args.until === undefined) throw new InvalidArgument('until', 'Until when? Write svc maintenance on TARGET --until 2h --reason REASON', { hint: 'See svc maintenance on --help' })
    const until = parseWhen(args.until, '--until')
    const begin = update({
      verb: 'Begin maintenance of',
      patch: { maintenance: { note, until } },
      done: `is in maintenance until ${until}${note === null ? '' : `: "${note}"`}`,
      undo: undoMaintenance,
    })
    return writeServices(begin, words, { ...args, reason: note ?? undefined }, io)
  },
})

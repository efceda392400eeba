import { defineCommand } from '../command.js'
import { target } from '../services/find-service.js'
import { requireReason } from '../services/require-reason.js'
import { targetOf } from '../services/undo.js'
import { update } from '../services/update.js'
import { reasonOption, writeOptions, writeServices } from '../services/write.js'

export const command = defineCommand({
  name: 'disable',
  help: `Disables services: schedulers are not to use them, whether they are up or not. It holds until svc enable.

  svc disable nova-compute@host1 --reason 'new disks'
  svc disable nova-compute@host1 nova-compute@host2 --reason 'new disks' --yes
  svc disable host1 --reason 'new disks' --dry-run`,
  options: { reason: { ...reasonOption, describe: 'Why; shown with the service and kept in the history' }, ...writeOptions },
  argument: { ...target, isMany: true },
  run: async (args, io, _command, _first, words) => {
    const reason = requireReason('disable', args.reason)
    const disable = update({
      verb: 'Disable',
      patch: { status: 'disabled', disabledReason: reason },
      done: `is disabled${reason === null ? '' : `: "${reason}"`}`,
      undo: (before) => (before.status === 'enabled' ? ['enable', targetOf(before)] : ['disable', targetOf(before), '--reason', before.disabledReason ?? '']),
    })
    return writeServices(disable, words, { ...args, reason: reason ?? undefined }, io)
  },
})

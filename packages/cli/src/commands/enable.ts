import { defineCommand } from '../command.js'
import { target } from '../services/find-service.js'
import { targetOf } from '../services/undo.js'
import { update } from '../services/update.js'
import { reasonOption, writeOptions, writeServices } from '../services/write.js'

export const command = defineCommand({
  name: 'enable',
  help: `Enables services: schedulers may use them again. The reason of the disabling goes.

  svc enable nova-compute@host1
  svc enable nova-compute@host1 nova-compute@host2
  svc enable host1 --dry-run`,
  options: { reason: reasonOption, ...writeOptions },
  argument: { ...target, isMany: true },
  run: (args, io, _command, _first, words) => {
    const enable = update({
      verb: 'Enable',
      isHarmless: true,
      patch: { status: 'enabled' },
      done: 'is enabled',
      undo: (before) => ['disable', targetOf(before), '--reason', before.disabledReason ?? ''],
    })
    return writeServices(enable, words, args, io)
  },
})

import { defineCommand } from '../command.js'
import { target } from '../services/find-service.js'
import { undoMaintenance } from '../services/undo.js'
import { update } from '../services/update.js'
import { reasonOption, writeOptions, writeServices } from '../services/write.js'

export const command = defineCommand({
  name: 'maintenance off',
  help: `Ends maintenance of services now, also one that has yet to begin.

  svc maintenance off nova-compute@host1`,
  options: { reason: reasonOption, ...writeOptions },
  argument: { ...target, isMany: true },
  run: (args, io, _command, _first, words) => writeServices(update({ verb: 'End maintenance of', patch: { maintenance: null }, done: 'is not in maintenance', undo: undoMaintenance }), words, args, io),
})

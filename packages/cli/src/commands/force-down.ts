import { defineCommand } from '../command.js'
import { target } from '../services/find-service.js'
import { targetOf } from '../services/undo.js'
import { update } from '../services/update.js'
import { reasonOption, writeOptions, writeServices } from '../services/write.js'

export const command = defineCommand({
  name: 'force-down',
  help: `Forces services down: they count as down whatever their workers do. It holds until --unset.

  svc force-down nova-compute@host1
  svc force-down nova-compute@host1 --unset`,
  options: { unset: { type: 'boolean', describe: 'Let their workers decide again' }, reason: reasonOption, ...writeOptions },
  argument: { ...target, isMany: true },
  run: (args, io, _command, _first, words) => {
    const forcedDown = args.unset !== true
    const force = update({
      verb: forcedDown ? 'Force down' : 'Force down no more',
      patch: { forcedDown },
      done: forcedDown ? 'is forced down' : 'is not forced down',
      undo: (before) => ['force-down', targetOf(before), ...(forcedDown ? ['--unset'] : [])],
    })
    return writeServices(force, words, args, io)
  },
})

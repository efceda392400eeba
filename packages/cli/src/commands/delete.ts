import { ServiceInUse } from '@muster/common'

import { defineCommand } from '../command.js'
import { target } from '../services/find-service.js'
import { nameOf } from '../services/service-columns.js'
import { reasonOption, writeOptions, writeServices } from '../services/write.js'
import type { Write } from '../services/write.js'

export const command = defineCommand({
  name: 'delete',
  help: `Deletes services for good, with all that was decided about them. Refused with 6 while one has live workers.

  svc delete nova-compute@host1
  svc delete nova-compute@host1 --force

Forced, the workers that live stay listed, without a service; the next one to join registers a new service, under a new uuid.`,
  options: { force: { type: 'boolean', describe: 'Also while it has live workers' }, reason: reasonOption, ...writeOptions },
  argument: { ...target, isMany: true },
  run: (args, io, _command, _first, words) => {
    const force = args.force === true
    const remove: Write = {
      verb: 'Delete for good',
      isDeletion: true,
      preview: (service, workers) => {
        if (workers.length > 0 && !force) throw new ServiceInUse(nameOf(service), workers.length)
        return null
      },
      carryOut: (group, { uuid }, options) => group.delete(uuid, { ...options, force }),
      describe: () => 'is deleted',
      undo: () => ({ none: 'the next worker to join registers a new service, enabled, under another uuid' }),
    }
    return writeServices(remove, words, args, io)
  },
})

import { defineCommand } from '../command.js'
import { showOptions, showPrinter } from '../output/show-printer.js'
import { findService, target } from '../services/find-service.js'
import { serviceColumns } from '../services/service-columns.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'

export const command = defineCommand({
  name: 'show',
  help: `Shows all that is known of a service. Exits with 3 when there is none.

  svc show nova-compute@host1
  svc show 5f0c -f json             some of its uuid: four characters or more
  svc show host1 -f value -c effective

svc help targets tells how to name a service; svc explain says the same in sentences.`,
  options: { ...showOptions, ...targetOptions },
  argument: target,
  run: async (args, io, _, word = '') => {
    const print = showPrinter(serviceColumns, args, io)
    await print(await withReader(resolveTarget(args, io.env), io, (reader) => findService(reader, word)))
    return 0
  },
})

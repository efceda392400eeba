import type { Zone } from '@muster/servicegroup'

import { defineCommand } from '../command.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import type { Column } from '../output/list-printer.js'
import { outputOptions } from '../output/options.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'

/** What is told of a zone. */
export const zoneColumns: readonly Column<Zone>[] = [
  { title: 'Zone', value: ({ zone }) => zone },
  { title: 'Hosts', value: ({ hosts }) => hosts },
  { title: 'Services', value: ({ services }) => services },
  { title: 'Up', value: ({ up }) => up },
  { title: 'Available', value: ({ available }) => available },
]

export const command = defineCommand({
  name: 'zones',
  help: `Lists the zones that services are in. One is available while a service in it is up, enabled and not in maintenance.

  svc zones
  svc zones -f json`,
  options: { ...outputOptions, ...targetOptions },
  run: async (args, io) => {
    const print = listPrinter(zoneColumns, args, io)
    const { zones } = await withReader(resolveTarget(args, io.env), io, (reader) => reader.zones())
    await print(zones)
    if (zones.length === 0) say(io, 'no services in a zone')
    return 0
  },
})

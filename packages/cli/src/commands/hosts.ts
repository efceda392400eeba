import type { Host } from '@muster/servicegroup'

import { defineCommand } from '../command.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import type { Column } from '../output/list-printer.js'
import { outputOptions } from '../output/options.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'

/** What is told of a host. */
export const hostColumns: readonly Column<Host>[] = [
  { title: 'Host', value: ({ host }) => host },
  { title: 'Zones', value: ({ zones }) => zones },
  { title: 'Services', value: ({ services }) => services },
  { title: 'Up', value: ({ up }) => up },
]

export const command = defineCommand({
  name: 'hosts',
  help: `Lists the hosts that services are on, with how many they have and how many of those are up.

  svc hosts
  svc hosts -f json`,
  options: { ...outputOptions, ...targetOptions },
  run: async (args, io) => {
    const print = listPrinter(hostColumns, args, io)
    const { hosts } = await withReader(resolveTarget(args, io.env), io, (reader) => reader.hosts())
    await print(hosts)
    if (hosts.length === 0) say(io, 'no services')
    return 0
  },
})

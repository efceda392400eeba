import type { Group, WorkerReader } from '@muster/servicegroup'

import { defineCommand } from '../command.js'
import type { Io } from '../io.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import type { Column, ListPrinter } from '../output/list-printer.js'
import { outputOptions } from '../output/options.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'

/** What is told of a group. */
export const groupColumns: readonly Column<Group>[] = [
  { title: 'Group', value: ({ group }) => group },
  { title: 'Members', value: ({ members }) => members },
  { title: 'Created At', value: ({ createdAt }) => createdAt },
]

export const command = defineCommand({
  name: 'groups',
  help: `Lists the groups, with the number of their members.

  svc groups
  svc groups --sort-column members --sort-descending
  svc groups -f json`,
  options: { ...outputOptions, ...targetOptions },
  run: async (args, io) => {
    const print = listPrinter(groupColumns, args, io)
    await withReader(resolveTarget(args, io.env), io, (reader) => showGroups(reader, print, io))
    return 0
  },
})

/** Prints the groups; says on stderr when there are none. */
export async function showGroups(reader: WorkerReader, print: ListPrinter<Group>, io: Io): Promise<void> {
  const groups = await reader.groups()
  await print(groups)
  if (groups.length === 0) say(io, 'no groups')
}

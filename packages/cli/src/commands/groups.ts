import type { WorkerReader } from '@muster/servicegroup'

import { defineCommand } from '../command.js'
import { formatOption, formatRows } from '../formats.js'
import type { Io } from '../io.js'
import { say } from '../io.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'

export const command = defineCommand({
  name: 'groups',
  help: `Lists the groups, with the number of their members.

  svc groups
  svc groups -f json`,
  options: { ...formatOption, ...targetOptions },
  run: async (args, io) => {
    await withReader(resolveTarget(args, io.env), io, (reader) => showGroups(reader, args.format, io))
    return 0
  },
})

/** Prints the groups; says on stderr when there are none. */
export async function showGroups(reader: WorkerReader, format: string, io: Io): Promise<void> {
  const groups = await reader.groups()
  const rows = groups.map(({ group, members, createdAt }) => [group, members, createdAt])
  await io.write(await formatRows(format, ['Group', 'Members', 'Created At'], rows))
  if (groups.length === 0) say(io, 'no groups')
}

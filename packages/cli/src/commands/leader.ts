import { GroupNotCreated, isMusterError } from '@muster/common'
import type { Coordinator, Leader } from '@muster/coordination'

import { defineCommand } from '../command.js'
import { settingOption } from '../config/settle.js'
import { contenderColumns } from '../hold/contender-columns.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import type { Column } from '../output/list-printer.js'
import { outputOptions } from '../output/options.js'
import { describeGroups } from '../some-of.js'
import { resolveBackend, withCoordinator } from '../target.js'

export interface GroupLeader extends Leader {
  readonly group: string
}

/** What is told of a leader. */
export const leaderColumns: readonly Column<GroupLeader>[] = [{ title: 'Group', value: ({ group }) => group }, ...contenderColumns]

/** Nobody leads. */
const noLeaderStatus = 5

export const command = defineCommand({
  name: 'leader',
  help: `Tells who leads a group. Exits with 5 when nobody does, 3 when there is no such group.

  svc leader vitrage
  svc leader vitrage -f value -c hostname
  svc leader vitrage -w             and every change as it happens; a group that is not there yet has no leader

Since is when the leader began to stand for election. Hostname and Process Id are those that a member id of Muster
ends in; of svc elect, its own process, not the command's.`,
  options: {
    watch: { alias: 'w', type: 'boolean', describe: 'Go on: write a line for each change, with -f json one of JSON' },
    ...outputOptions,
    backend: settingOption('backend', 'Backend that holds the group'),
  },
  argument: { name: 'GROUP', of: 'group' },
  run: async (args, io, _, group = '') => {
    const print = listPrinter(leaderColumns, args, io)
    const backend = resolveBackend(args, io.env)
    if (args.watch === true) return (await import('../live/watch-leader.js')).watchLeader({ group, format: args.format, backend, io })
    const leader = await withCoordinator(backend, io, (coordinator) => leaderOf(coordinator, group))
    await print(leader ? [{ group, ...leader }] : [])
    if (leader) return 0
    say(io, `nobody leads group '${group}'`)
    return noLeaderStatus
  },
})

/** @throws GroupNotCreated, with the groups that there are */
async function leaderOf(coordinator: Coordinator, group: string): Promise<Leader | undefined> {
  try {
    return await coordinator.getLeader(group)
  } catch (error) {
    if (!isMusterError(error, 'group_not_created')) throw error
    throw new GroupNotCreated(group, { hint: describeGroups(await coordinator.getGroups()), cause: error })
  }
}

import { isMusterError } from '@muster/common'
import type { Coordinator, Holding } from '@muster/coordination'

import { defineCommand } from '../command.js'
import { describeContender } from '../hold/contender-columns.js'
import { holdHelp } from '../hold/help.js'
import { runWhileHeld } from '../hold/run-while-held.js'
import { resolveBackend, targetOptions } from '../target.js'

export const command = defineCommand({
  name: 'elect',
  help: `Runs a command while it leads a group: of those that stand for election one at a time, first come, first served.

  svc elect vitrage -- ./scheduler

The group is created if it is not there, as by svc run. When the command ends, it stands down and the next one leads.

${holdHelp('the leadership')}`,
  options: {
    backend: { ...targetOptions.backend, describe: 'Backend that holds the group (SVC_BACKEND, else the embedded store)' },
  },
  argument: { name: 'GROUP', of: 'group' },
  takesCommand: true,
  run: ({ backend }, io, command, group = '') => {
    const prize = {
      what: `the leadership of group '${group}'`,
      win: (coordinator, signal) => elected(coordinator, group, signal),
      whoHas: async (coordinator, signal) => {
        const leader = await coordinator.getLeader(group, { signal })
        return leader && `held by ${describeContender(leader)}`
      },
    } satisfies Parameters<typeof runWhileHeld>[0]
    return runWhileHeld(prize, command, resolveBackend({ backend }, io.env), io)
  },
})

const mostAttempts = 5

/** Campaigns until it leads; makes the group if it is not there. */
async function elected(coordinator: Coordinator, group: string, signal: AbortSignal): Promise<Holding> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await coordinator.campaign(group, { keepPlace: true, signal }).elected({ signal })
    } catch (error) {
      if (attempt === mostAttempts || !isMusterError(error, 'group_not_created')) throw error // deleted in between: make it again
    }
    await coordinator.createGroup(group, { signal }).catch((error: unknown) => {
      if (!isMusterError(error, 'group_already_exist')) throw error
    })
  }
}

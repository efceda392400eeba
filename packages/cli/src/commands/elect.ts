import { defineCommand } from '../command.js'
import { settingOption } from '../config/settle.js'
import { describeContender } from '../hold/contender-columns.js'
import { holdHelp } from '../hold/help.js'
import { runWhileHeld } from '../hold/run-while-held.js'
import { resolveBackend } from '../target.js'

export const command = defineCommand({
  name: 'elect',
  help: `Runs a command while it leads a group: of those that stand for election one at a time, first come, first served.

  svc elect vitrage -- ./scheduler

The group is created if it is not there, as by svc run. When the command ends, it stands down and the next one leads.

${holdHelp('the leadership')}`,
  options: {
    backend: settingOption('backend', 'Backend that holds the group'),
  },
  argument: { name: 'GROUP', of: 'group' },
  takesCommand: true,
  run: ({ backend }, io, command, group = '') => {
    const prize = {
      what: `the leadership of group '${group}'`,
      win: (coordinator, signal) => coordinator.campaign(group, { create: true, keepPlace: true, signal }).elected({ signal }),
      whoHas: async (coordinator, signal) => {
        const leader = await coordinator.getLeader(group, { signal })
        return leader && `held by ${describeContender(leader)}`
      },
    } satisfies Parameters<typeof runWhileHeld>[0]
    return runWhileHeld(prize, command, resolveBackend({ backend }, io.env), io)
  },
})

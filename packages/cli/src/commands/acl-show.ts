import { openAccessControl } from '@muster/coordination/internal'

import { defineCommand } from '../command.js'
import { settingOption } from '../config/settle.js'
import { judgePlace, judgePolicy } from '../doctor/acl.js'
import { warn } from '../doctor/check.js'
import type { Line } from '../doctor/check.js'
import { exitStatusOf, formatJson, formatLine } from '../doctor/report.js'
import { resolveBackend } from '../target.js'

export const command = defineCommand({
  name: 'acl show',
  help: `Shows who may do what on ZooKeeper, and looks whether everything that is there keeps to it. Exits with 4 when this user may not know.

  svc acl show --backend zookeeper://admin@zk1,zk2,zk3`,
  options: {
    format: { alias: 'f', type: 'string', choices: ['table', 'json'], default: 'table', requiresArg: true, describe: 'How to print' },
    backend: settingOption('backend', 'The ZooKeeper ensemble'),
  },
  run: async (args, io) => {
    await using control = await openAccessControl(resolveBackend(args, io.env))
    const policy = await control.policy()
    const lines = (check: string, findings: readonly Omit<Line, 'check' | 'isMoot'>[]): Line[] => findings.map((finding) => ({ check, isMoot: false, ...finding }))
    const all = policy
      ? [...lines('policy', judgePolicy(policy, control)), ...lines('nodes', (await control.inspect(policy)).map(judgePlace))]
      : lines('policy', [warn('there is none: nodes are for everybody, or for the user alone who made them', 'svc acl set --help tells how to make one.')])
    await io.write(args.format === 'json' ? formatJson(all) : all.map((line) => formatLine(line, io)).join(''))
    return exitStatusOf(all)
  },
})

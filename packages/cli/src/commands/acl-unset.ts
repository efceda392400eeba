import { openAccessControl } from '@muster/coordination/internal'

import { defineCommand } from '../command.js'
import { settingOption } from '../config/settle.js'
import { cancelledStatus, openQuestion } from '../question.js'
import { resolveBackend } from '../target.js'

export const command = defineCommand({
  name: 'acl unset',
  help: `Opens everything on ZooKeeper to everybody again, and forgets what svc acl set has said.

  svc acl unset --backend zookeeper://admin@zk1,zk2,zk3`,
  options: {
    yes: { alias: 'y', type: 'boolean', describe: 'Do not ask' },
    backend: settingOption('backend', 'The ZooKeeper ensemble, with an administrator as user'),
  },
  run: async (args, io) => {
    await using control = await openAccessControl(resolveBackend(args, io.env))
    const ask = await openQuestion(args.yes !== true, io)
    if (!(await ask('Let everybody who reaches ZooKeeper change everything?'))) return cancelledStatus
    const { changed } = await control.unset()
    await io.write(`${changed} node${changed === 1 ? '' : 's'} opened to everybody\n`)
    return 0
  },
})

import { InvalidArgument } from '@muster/common'

import { defineCommand } from '../command.js'
import { migrate } from '../migrate/migrate.js'
import { outputOptions } from '../output/options.js'
import { reasonOption } from '../services/write.js'

export const command = defineCommand({
  name: 'migrate',
  help: `Carries services from one backend to another, or out of a Nova: their uuids, places and what was decided about them.

  svc migrate --from embedded:/srv/muster --to zookeeper://zk1,zk2,zk3 --dry-run
  svc migrate --from embedded:/srv/muster --to zookeeper://zk1,zk2,zk3 --yes
  SVC_TOKEN_FILE=token svc migrate --from nova+http://controller:8774/v2.1 --to zookeeper://zk1 --yes

It may be stopped and repeated: what is there already is not written again. At the end both sides are read anew and compared. What
has no place in the target is told. Exits with 0 when the target has all that the source has, 1 when it differs, which is listed.`,
  options: {
    from: { type: 'string', requiresArg: true, describe: 'Backend to read, or nova+http://HOST:8774/v2.1 (token: SVC_TOKEN_FILE)' },
    to: { type: 'string', requiresArg: true, describe: 'Backend to write' },
    'dry-run': { type: 'boolean', describe: 'Show what would be carried over, and write nothing' },
    yes: { alias: 'y', type: 'boolean', describe: 'Do not ask' },
    reason: reasonOption,
    ...outputOptions,
  },
  run: (args, io) => {
    const { from, to } = args
    if (from === undefined || to === undefined) throw new InvalidArgument('from', 'From where, and where to? Write svc migrate --from URL --to URL', { hint: 'See svc migrate --help' })
    return migrate({ ...args, from, to }, io)
  },
})

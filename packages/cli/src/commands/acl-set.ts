import { InvalidArgument } from '@muster/common'
import { openAccessControl } from '@muster/coordination/internal'
import type { AccessControl, AccessPolicy } from '@muster/coordination/internal'
import { accessRules } from '@muster/servicegroup'

import { defineCommand } from '../command.js'
import { settingOption } from '../config/settle.js'
import { describePolicy } from '../doctor/acl.js'
import { cancelledStatus, openQuestion } from '../question.js'
import { safeText } from '../safe-text.js'
import { resolveBackend } from '../target.js'

export const command = defineCommand({
  name: 'acl set',
  help: `Sets who may do what on ZooKeeper: workers join, lock, lead and read lists, administrators do everything, others nothing.

  svc acl set --backend zookeeper://admin@zk1,zk2,zk3 --worker-file /etc/muster/worker
  svc acl set --backend zookeeper://admin@zk1 --worker x509:CN=worker --admin digest:ops:HASH

The user of the URL is an administrator. What is there already is set too; what was made by another user, only with that user's password
as well: ?auth_file=FILE. The same again goes on where it was interrupted. Sessions that are open follow within one session timeout.
Workers can read the hashes of administrators' passwords: let those be long and random. Python workers need the workers' user too.`,
  options: {
    worker: { type: 'string', array: true, requiresArg: true, describe: 'An id of ZooKeeper that workers have, SCHEME:ID; may be repeated' },
    'worker-file': { type: 'string', requiresArg: true, describe: 'A file with USER:PASSWORD of workers, one a line' },
    admin: { type: 'string', array: true, requiresArg: true, describe: 'Of one more administrator, SCHEME:ID; may be repeated' },
    'dry-run': { type: 'boolean', describe: 'Say what would change, and change nothing' },
    yes: { alias: 'y', type: 'boolean', describe: 'Do not ask' },
    backend: settingOption('backend', 'The ZooKeeper ensemble, with an administrator as user'),
  },
  run: async (args, io) => {
    await using control = await openAccessControl(resolveBackend(args, io.env))
    const policy = policyOf(args, control)
    const ask = await openQuestion(args['dry-run'] !== true && args.yes !== true, io)
    if (args['dry-run'] === true) {
      const wrong = (await control.inspect(policy)).reduce((sum, place) => sum + place.wrong.length + place.hidden, 0)
      await io.write(safeText(`${describePolicy(policy)}; ${wrong} node${wrong === 1 ? '' : 's'} would be changed`) + '\n')
      return 0
    }
    if (!(await ask(`Shut out everybody but these? ${describePolicy(policy)}`))) return cancelledStatus
    const { changed, kept } = await control.set(policy)
    await io.write(safeText(`${describePolicy(policy)}; ${changed} node${changed === 1 ? '' : 's'} changed, ${kept} as before`) + '\n')
    return 0
  },
})

interface Ids {
  readonly worker?: readonly string[] | undefined
  readonly 'worker-file'?: string | undefined
  readonly admin?: readonly string[] | undefined
}

/** @throws InvalidArgument */
function policyOf({ worker = [], 'worker-file': file, admin = [] }: Ids, control: AccessControl): AccessPolicy {
  const hint = { hint: 'See svc acl set --help' }
  const workers = [...new Set([...worker, ...(file === undefined ? [] : control.idsIn(file))])]
  const admins = [...new Set([...(control.user === undefined ? [] : [control.user]), ...admin])]
  if (workers.length === 0) throw new InvalidArgument('worker', 'Who are the workers? Give --worker SCHEME:ID or --worker-file FILE', hint)
  if (admins.length === 0) throw new InvalidArgument('admin', 'Who is the administrator? Give the user in the URL, zookeeper://admin@zk1, or --admin SCHEME:ID', hint)
  if (workers.some((id) => admins.includes(id))) throw new InvalidArgument('worker', 'The same user would be worker and administrator', hint)
  return { admins, workers, rules: accessRules }
}

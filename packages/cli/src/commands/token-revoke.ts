import { thisUser } from '@muster/common'

import { defineCommand } from '../command.js'
import { oneByOne } from '../one-by-one.js'
import { cancelledStatus, openQuestion } from '../question.js'
import { safeText } from '../safe-text.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'

export const command = defineCommand({
  name: 'token revoke',
  help: `Revokes tokens: every server refuses them a moment later, and ends what watches with them. Exits with 3 when there is none of that id.

  svc token revoke 4fz1k0aqp2
  svc token revoke 4fz1k0aqp2 --yes

svc token list names the ids. When the last one is revoked, servers that listen on loopback are open again to their host.`,
  options: { yes: { alias: 'y', type: 'boolean', describe: 'Do not ask' }, ...targetOptions },
  argument: { name: 'ID', of: 'token', isMany: true },
  run: async (args, io, _command, _first, ids) => {
    const ask = await openQuestion(args.yes !== true, io, 'Give --yes to do it without a question.')
    if (!(await ask(`Revoke ${ids.join(', ')}?`))) return cancelledStatus
    const by = { actor: io.env.SVC_ACTOR || thisUser(), source: 'svc' }
    return withReader(resolveTarget(args, io.env), io, (group) =>
      oneByOne([...new Set(ids)], io, async (id) => {
        const { name, role } = await group.revokeToken(id, by)
        await io.write(`${safeText(`token ${id} (${name}, ${role}) is revoked`)}\n`)
      }),
    )
  },
})

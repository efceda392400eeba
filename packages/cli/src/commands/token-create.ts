import { InvalidArgument, thisUser } from '@muster/common'
import { roles } from '@muster/servicegroup'

import { defineCommand } from '../command.js'
import { say } from '../io.js'
import { asciiJson } from '../output/json.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'
import { tokenColumns } from '../tokens/token-columns.js'

export const command = defineCommand({
  name: 'token create',
  help: `Makes a token and prints it, this once. As soon as there is one, servers on this backend want one for every change.

  svc token create --role reader
  svc token create --role operator --name ops-bot --expires 30d > ops-bot.token
  svc token create --role admin -f json

Roles: reader reads; operator also enables, disables, forces down and maintains services; admin also deletes them, and makes
and revokes tokens. From the server's own host all may read without a token.`,
  options: {
    role: { type: 'string', choices: roles, requiresArg: true, describe: 'What it allows' },
    name: { type: 'string', requiresArg: true, describe: 'What changes made with it are told under; default its id' },
    expires: { type: 'string', requiresArg: true, describe: 'How long it is good for, e.g. 30d; default until it is revoked' },
    format: { alias: 'f', type: 'string', choices: ['value', 'json'], default: 'value', requiresArg: true, describe: 'The token alone, or with all that is known of it' },
    ...targetOptions,
  },
  run: async ({ role, name, expires, ...args }, io) => {
    if (role === undefined) throw new InvalidArgument('role', `Which role? Write svc token create --role ${roles.join(' or ')}`, { hint: 'See svc token create --help' })
    const by = { actor: io.env.SVC_ACTOR || thisUser(), source: 'svc' }
    const made = await withReader(resolveTarget(args, io.env), io, (group) => group.createToken({ role, name, expires }, by))
    const now = Date.now()
    if (args.format === 'json') await io.write(`${asciiJson(Object.fromEntries([['Token', made.token], ...tokenColumns.map(({ title, value }) => [title, value(made, now)] as const)]), 2)}\n`)
    else await io.write(`${made.token}\n`)
    say(io, `token ${made.id} was made, with the role ${role}${made.expiresAt === null ? '' : `, good until ${made.expiresAt}`}; it is not shown again`)
    return 0
  },
})

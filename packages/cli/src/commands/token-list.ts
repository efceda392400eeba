import { defineCommand } from '../command.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import { outputOptions } from '../output/options.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'
import { tokenColumns } from '../tokens/token-columns.js'

export const command = defineCommand({
  name: 'token list',
  help: `Lists the tokens, the oldest first; those that have expired too, until they are revoked.

  svc token list
  svc token list -f json

A token itself is told once, by svc token create: only a hash of it is stored.`,
  options: { ...outputOptions, ...targetOptions },
  run: async (args, io) => {
    const print = listPrinter(tokenColumns, args, io)
    const tokens = await withReader(resolveTarget(args, io.env), io, (group) => group.listTokens())
    await print(tokens)
    if (tokens.length === 0) say(io, 'no tokens')
    return 0
  },
})

import { defineCommand } from '../command.js'
import { say } from '../io.js'
import { listPrinter } from '../output/list-printer.js'
import { outputOptions } from '../output/options.js'
import { tellingColumns } from '../output/telling-columns.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'
import { listedWebhookColumns } from '../webhooks/webhook-columns.js'

export const command = defineCommand({
  name: 'webhook list',
  help: `Lists the webhooks, the oldest first; a server tells how far each is, too.

  svc webhook list
  svc webhook list -c id -c lag -c failure
  svc webhook list -f json

Lag is how many changes it has yet to look at, Attempts how often in a row the next one was sent in vain.`,
  options: { ...outputOptions, ...targetOptions },
  run: async (args, io) => {
    listPrinter(listedWebhookColumns, args, io) // says what is wrong with the options before anything is read
    const webhooks = await withReader(resolveTarget(args, io.env), io, (group) => group.listWebhooks())
    await listPrinter(tellingColumns(listedWebhookColumns, webhooks, args.format), args, io)(webhooks)
    if (webhooks.length === 0) say(io, 'no webhooks')
    return 0
  },
})

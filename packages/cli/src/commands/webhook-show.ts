import { defineCommand } from '../command.js'
import { showOptions, showPrinter } from '../output/show-printer.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'
import { findWebhook, webhookArgument } from '../webhooks/find-webhook.js'
import { listedWebhookColumns } from '../webhooks/webhook-columns.js'

export const command = defineCommand({
  name: 'webhook show',
  help: `Shows all that is known of a webhook, but for its secret. Exits with 3 when there is none.

  svc webhook show 5f0c             some of its id: four characters or more
  svc webhook show 5f0c -f value -c failure`,
  options: { ...showOptions, ...targetOptions },
  argument: webhookArgument,
  run: async (args, io, _, word = '') => {
    const print = showPrinter(listedWebhookColumns, args, io)
    await print(findWebhook(await withReader(resolveTarget(args, io.env), io, (group) => group.listWebhooks()), word))
    return 0
  },
})

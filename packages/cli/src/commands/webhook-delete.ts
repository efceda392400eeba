import { defineCommand } from '../command.js'
import { nameOf, webhookArgument } from '../webhooks/find-webhook.js'
import { webhookWriteOptions, writeWebhooks } from '../webhooks/write.js'

export const command = defineCommand({
  name: 'webhook delete',
  help: `Deletes webhooks for good, with their secrets. Exits with 3 when there is none of that id.

  svc webhook delete 5f0c
  svc webhook delete 5f0c --yes`,
  options: webhookWriteOptions,
  argument: { ...webhookArgument, isMany: true },
  run: (args, io, _command, _first, words) =>
    writeWebhooks(
      {
        verb: 'Delete for good',
        would: 'would be deleted',
        carryOut: async (group, { id }, by) => io.write(`${nameOf(await group.deleteWebhook(id, by))} is deleted\n`),
      },
      words,
      args,
      io,
    ),
})

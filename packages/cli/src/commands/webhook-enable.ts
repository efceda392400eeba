import { defineCommand } from '../command.js'
import { nameOf, webhookArgument } from '../webhooks/find-webhook.js'
import { webhookWriteOptions, writeWebhooks } from '../webhooks/write.js'

export const command = defineCommand({
  name: 'webhook enable',
  help: `Enables webhooks: each goes on with the first change that it has not had, as far back as the history is kept.

  svc webhook enable 5f0c
  svc webhook enable 5f0c --dry-run`,
  options: webhookWriteOptions,
  argument: { ...webhookArgument, isMany: true },
  run: (args, io, _command, _first, words) =>
    writeWebhooks(
      {
        verb: 'Enable',
        isHarmless: true,
        would: 'would be enabled',
        patch: { status: 'enabled', disabledReason: null },
        carryOut: async (group, { id }, by) => io.write(`${nameOf(await group.setWebhookState(id, { status: 'enabled' }, by))} is enabled\n`),
      },
      words,
      args,
      io,
    ),
})

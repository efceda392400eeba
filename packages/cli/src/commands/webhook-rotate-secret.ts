import { defineCommand } from '../command.js'
import { webhookArgument } from '../webhooks/find-webhook.js'
import { secretFormat, tellSecret } from '../webhooks/tell-secret.js'
import { webhookWriteOptions, writeWebhooks } from '../webhooks/write.js'

export const command = defineCommand({
  name: 'webhook rotate-secret',
  help: `Gives a webhook a new secret and prints it, this once. The one it had signs beside it for 24 hours; an older one ends at once.

  svc webhook rotate-secret 5f0c
  svc webhook rotate-secret 5f0c --yes > hook.secret`,
  options: { format: secretFormat, ...webhookWriteOptions },
  argument: webhookArgument,
  run: (args, io, _, word = '') =>
    writeWebhooks(
      {
        verb: 'Give a new secret to',
        would: 'would have a new secret, beside which the one it has would sign for 24 hours',
        carryOut: async (group, { id }, by) => tellSecret(await group.rotateWebhookSecret(id, by), 'has a new secret, and the one it had signs beside it for 24 hours', args.format, io),
      },
      [word],
      args,
      io,
    ),
})

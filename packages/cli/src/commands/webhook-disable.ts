import { defineCommand } from '../command.js'
import { safeText } from '../safe-text.js'
import { nameOf, webhookArgument } from '../webhooks/find-webhook.js'
import { webhookWriteOptions, writeWebhooks } from '../webhooks/write.js'

export const command = defineCommand({
  name: 'webhook disable',
  help: `Disables webhooks: nothing is sent to them until svc webhook enable, and what happens meanwhile waits.

  svc webhook disable 5f0c --reason 'its host is down'
  svc webhook disable 5f0c --yes`,
  options: { reason: { type: 'string', requiresArg: true, describe: 'Why; shown with it' }, ...webhookWriteOptions },
  argument: { ...webhookArgument, isMany: true },
  run: (args, io, _command, _first, words) => {
    const disabledReason = args.reason || null
    return writeWebhooks(
      {
        verb: 'Disable',
        would: 'would be disabled',
        patch: { status: 'disabled', disabledReason },
        carryOut: async (group, { id }, by) => {
          const disabled = await group.setWebhookState(id, { status: 'disabled', disabledReason }, by)
          await io.write(`${safeText(`${nameOf(disabled)} is disabled${disabledReason === null ? '' : `: "${disabledReason}"`}`)}\n`)
        },
      },
      words,
      args,
      io,
    )
  },
})

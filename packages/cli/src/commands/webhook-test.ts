import type { WebhookTest } from '@muster/notifications'

import { defineCommand } from '../command.js'
import type { Column } from '../output/list-printer.js'
import { showOptions, showPrinter } from '../output/show-printer.js'
import { resolveTarget, targetOptions, withClient, withServiceGroup } from '../target.js'
import { allowOption, rulesOf } from '../webhooks/addresses.js'
import { findWebhook, webhookArgument } from '../webhooks/find-webhook.js'

/** The endpoint has not taken it. */
const failedStatus = 1

const columns: readonly Column<WebhookTest>[] = [
  { title: 'Told', value: ({ told }) => told },
  { title: 'Status', value: ({ status }) => status },
  { title: 'Latency Ms', value: ({ latencyMs }) => latencyMs },
  { title: 'Excerpt', value: ({ excerpt }) => excerpt },
  { title: 'Error', value: ({ error }) => error },
]

export const command = defineCommand({
  name: 'webhook test',
  help: `Sends a webhook one signed message of type webhook.test, also where it is disabled. Exits with 1 when it was not taken.

  svc webhook test 5f0c
  svc webhook test 5f0c -f value -c status

The server sends it, and waits 15 s for an answer; with --backend this host does.`,
  options: { ...showOptions, 'webhook-allow': allowOption, ...targetOptions },
  argument: webhookArgument,
  run: async (args, io, _, word = '') => {
    const print = showPrinter(columns, args, io)
    const target = resolveTarget(args, io.env)
    const result =
      'endpoint' in target
        ? await withClient(target, io, async (client) => client.testWebhook(findWebhook(await client.listWebhooks(), word).id))
        : await withServiceGroup(target.backend, io, async (group) => (await import('@muster/notifications')).testWebhook(group, findWebhook(await group.listWebhooks(), word).id, rulesOf(args['webhook-allow'], io)))
    await print(result)
    return result.told ? 0 : failedStatus
  },
})

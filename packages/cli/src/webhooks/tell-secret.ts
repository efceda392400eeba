import type { WebhookWithSecret } from '@muster/servicegroup'

import type { Io } from '../io.js'
import { say } from '../io.js'
import { asciiJson } from '../output/json.js'
import { nameOf } from './find-webhook.js'
import { webhookColumns } from './webhook-columns.js'

/** How a secret is printed. */
export const secretFormat = { alias: 'f', type: 'string', choices: ['value', 'json'], default: 'value', requiresArg: true, describe: 'The secret alone, or with all that is kept of the webhook' } as const

/** Prints the secret, this once; what has become of the webhook goes to stderr, so that the secret alone can go into a file. */
export async function tellSecret(webhook: WebhookWithSecret, what: string, format: 'value' | 'json', io: Io): Promise<void> {
  const fields = webhookColumns.map(({ title, value }) => [title, value(webhook, 0)] as const)
  await io.write(format === 'json' ? `${asciiJson(Object.fromEntries([['Secret', webhook.secret], ...fields]), 2)}\n` : `${webhook.secret}\n`)
  say(io, `${nameOf(webhook)} ${what}; its secret is not shown again`)
}

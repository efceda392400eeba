import { thisUser } from '@muster/common'
import type { ServiceGroupApi, Webhook, WebhookWriteOptions } from '@muster/servicegroup'

import type { Io } from '../io.js'
import { isUnreachable, oneByOne } from '../one-by-one.js'
import { cancelledStatus, openQuestion } from '../question.js'
import { safeText } from '../safe-text.js'
import { differingFields } from '../services/difference.js'
import { atMost } from '../some-of.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'
import type { TargetArguments } from '../target.js'
import { findWebhook, nameOf } from './find-webhook.js'
import { webhookColumns } from './webhook-columns.js'

/** The options of every command that changes webhooks. */
export const webhookWriteOptions = {
  'dry-run': { type: 'boolean', describe: 'Show what would change, and change nothing' },
  yes: { alias: 'y', type: 'boolean', describe: 'Do not ask' },
  ...targetOptions,
} as const

export interface WebhookWriteArguments extends TargetArguments {
  readonly 'dry-run'?: boolean | undefined
  readonly yes?: boolean | undefined
}

/** One way of changing a webhook. */
export interface WebhookWrite {
  /** Begins the question: `Disable`. */
  readonly verb: string
  /** It takes nothing away: nobody is asked. Default false. */
  readonly isHarmless?: boolean
  /** Said behind its name where it would be done: `would be disabled`. */
  readonly would: string
  /** What of it would be another way. */
  readonly patch?: Partial<Webhook>
  /** Resolves when it is done and told. */
  carryOut(group: ServiceGroupApi, webhook: Webhook, by: WebhookWriteOptions): Promise<void>
}

const mostNames = 10

/** Who makes a change from a terminal. */
export const byHim = ({ env }: Pick<Io, 'env'>): WebhookWriteOptions => ({ actor: env.SVC_ACTOR || thisUser(), source: 'svc' })

/**
 * Changes the webhooks that the words name, one after the other, after a question where somebody is to be asked. What fails is told and
 * does not keep the others. Resolves with the highest exit status. @throws InvalidArgument when it cannot ask
 */
export async function writeWebhooks(write: WebhookWrite, words: readonly string[], args: WebhookWriteArguments, io: Io): Promise<number> {
  const isTried = args['dry-run'] === true
  const ask = await openQuestion(!isTried && args.yes !== true && write.isHarmless !== true, io)
  return withReader(resolveTarget(args, io.env), io, async (group) => {
    const known = await group.listWebhooks()
    const found = new Map<string, Webhook>()
    const failed = await oneByOne(words, io, async (word) => {
      const webhook = findWebhook(known, word)
      found.set(webhook.id, webhook)
      return Promise.resolve()
    })
    const webhooks = [...found.values()]
    if (webhooks.length === 0 || isUnreachable(failed)) return failed
    if (!(await ask(`${write.verb} ${atMost(mostNames, webhooks.map(nameOf))}?`))) return cancelledStatus
    return Math.max(failed, await oneByOne(webhooks, io, (webhook) => (isTried ? preview(write, webhook, io) : write.carryOut(group, webhook, byHim(io)))))
  })
}

async function preview({ would, patch = {} }: WebhookWrite, webhook: Webhook, io: Io): Promise<void> {
  const fields = differingFields(webhookColumns, webhook, { ...webhook, ...patch })
  await io.write([`${nameOf(webhook)} ${would}`, ...fields.map(({ title, was, is }) => `  ${title}: ${was} -> ${is}`)].map((line) => `${safeText(line)}\n`).join(''))
}

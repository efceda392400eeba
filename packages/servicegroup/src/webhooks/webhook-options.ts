import { didYouMean, InvalidArgument } from '@muster/common'

import { webhookKinds } from './webhook.js'
import type { AddWebhookOptions, Webhook, WebhookState } from './webhook.js'

const longestUrl = 2048
const longestText = 255
const mostValues = 50

/** What was asked for, in the form in which it is kept. @throws InvalidArgument */
export function checkWebhook({ url, kinds = [], types = [], hosts = [] }: AddWebhookOptions): Pick<Webhook, 'url' | 'kinds' | 'types' | 'hosts'> {
  for (const [argument, values] of Object.entries({ kinds, types, hosts })) mustBeTexts(argument, values)
  const known = kinds.map((kind) => webhookKinds.find((other) => other === kind) ?? noSuchKind(kind))
  return { url: toUrl(url), kinds: known, types: [...types], hosts: [...hosts] }
}

/** @throws InvalidArgument */
export function checkWebhookState({ status, disabledReason = null }: WebhookState): Pick<Webhook, 'status' | 'disabledReason'> {
  if (!['enabled', 'disabled'].includes(status)) throw new InvalidArgument('status', `status: ${JSON.stringify(status)} is neither enabled nor disabled`)
  if (disabledReason !== null) mustBeText('disabledReason', disabledReason)
  if (status === 'enabled' && disabledReason !== null) throw new InvalidArgument('disabledReason', 'A webhook that is enabled has no disabledReason')
  return { status, disabledReason }
}

/** Nothing of it is in an error: its path may be what lets one in. */
function toUrl(text: string): string {
  const wrong = (reason: string): InvalidArgument => new InvalidArgument('url', `The URL of the webhook ${reason}`, { hint: 'Write it as https://host/path.' })
  if (typeof text !== 'string' || text.length > longestUrl) throw wrong(`has more than ${longestUrl} characters`)
  if (!URL.canParse(text)) throw wrong('is none')
  const url = new URL(text)
  if (!['https:', 'http:'].includes(url.protocol)) throw wrong('begins neither with https: nor with http:')
  if (url.username !== '' || url.password !== '') throw wrong('has a user or a password in it')
  url.hash = ''
  return url.href
}

function noSuchKind(kind: string): never {
  throw new InvalidArgument('kinds', `There is no kind '${kind}'.${didYouMean(kind, webhookKinds)}`, { hint: `Kinds: ${webhookKinds.join(', ')}.` })
}

function mustBeTexts(argument: string, values: readonly string[]): void {
  if (!Array.isArray(values)) throw new InvalidArgument(argument, `${argument} is a list`)
  if (values.length > mostValues) throw new InvalidArgument(argument, `${argument} has ${values.length} values, at most ${mostValues}`)
  for (const value of values) mustBeText(argument, value)
}

function mustBeText(argument: string, value: unknown): void {
  if (typeof value === 'string' && value.length > 0 && value.length <= longestText) return
  throw new InvalidArgument(argument, `${argument}: each is a text of 1 to ${longestText} characters`)
}

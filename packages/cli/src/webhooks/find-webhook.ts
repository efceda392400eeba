import { InvalidArgument, NotFound } from '@muster/common'
import type { Webhook } from '@muster/servicegroup'

import { atMost } from '../some-of.js'

const shortestPrefix = 4
const mostCandidates = 10

/** The argument that names a webhook. */
export const webhookArgument = { name: 'ID', of: 'webhook' } as const

/** For sentences. Where it is sent to is told by its host alone: the rest is often a secret. */
export const nameOf = ({ id, url }: Pick<Webhook, 'id' | 'url'>): string => `webhook ${id} (${new URL(url).host})`

/** Finds the one that a word means: its id, or four or more characters that its id alone begins with. @throws NotFound; InvalidArgument, with the candidates */
export function findWebhook<Found extends Webhook>(webhooks: readonly Found[], word: string): Found {
  const found = word.length >= shortestPrefix ? webhooks.filter(({ id }) => id.startsWith(word.toLowerCase())) : []
  const [first, second] = found
  if (!first) throw new NotFound(`The webhook '${word}'`, { hint: 'svc webhook list shows those that there are.' })
  if (second) throw new InvalidArgument('id', `'${word}' may mean ${found.length} webhooks: ${atMost(mostCandidates, found.map(({ id }) => id))}`, { hint: 'Write more of the id.' })
  return first
}

import type { ListedWebhook, Webhook } from '@muster/servicegroup'

import type { Column } from '../output/list-printer.js'
import { down, up } from '../output/marks.js'

/** What is kept of a webhook. */
export const webhookColumns: readonly Column<Webhook>[] = [
  { title: 'Id', value: ({ id }) => id },
  { title: 'Url', value: ({ url }) => url },
  { title: 'Kinds', value: ({ kinds }) => kinds, inTable: ({ kinds }) => kinds.join(', ') },
  { title: 'Types', value: ({ types }) => types, inTable: ({ types }) => types.join(', ') },
  { title: 'Hosts', value: ({ hosts }) => hosts, inTable: ({ hosts }) => hosts.join(', ') },
  { title: 'Status', value: ({ status }) => status, marks: (status) => (status === 'enabled' ? up : down) },
  { title: 'Disabled Reason', value: ({ disabledReason }) => disabledReason },
  { title: 'Created By', value: ({ createdBy }) => createdBy },
  { title: 'Created At', value: ({ createdAt }) => createdAt, onRequest: true },
  { title: 'Enabled At', value: ({ enabledAt }) => enabledAt, onRequest: true },
]

/** The same, and how far it is, which servers tell. */
export const listedWebhookColumns: readonly Column<ListedWebhook>[] = [
  ...webhookColumns,
  { title: 'Lag', value: ({ progress }) => progress?.lag ?? null },
  { title: 'Attempts', value: ({ progress }) => progress?.attempts ?? null, inTable: ({ progress }) => String(progress?.attempts || '') },
  { title: 'Next Attempt At', value: ({ progress }) => progress?.nextAttemptAt ?? null },
  { title: 'Failure', value: ({ progress }) => progress?.failure ?? null },
  { title: 'Cursor', value: ({ progress }) => progress?.cursor ?? null, onRequest: true },
]

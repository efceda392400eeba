import type { WebhookTest } from '@muster/notifications'
import type { ListedWebhook, Webhook, WebhookProgress, WebhookWithSecret } from '@muster/servicegroup'

import { fits, isFlag, isNumber, isNumberOrNull, isText, isTextOrNull, isTexts } from './rows.js'
import type { Checks } from './rows.js'

const webhookChecks: Checks<Webhook> = {
  id: isText,
  url: isText,
  kinds: isTexts,
  types: isTexts,
  hosts: isTexts,
  status: (value) => value === 'enabled' || value === 'disabled',
  disabledReason: isTextOrNull,
  enabledAt: isText,
  createdAt: isText,
  createdBy: isText,
}

const progressChecks: Checks<WebhookProgress> = { cursor: isNumberOrNull, lag: isNumberOrNull, attempts: isNumber, nextAttemptAt: isTextOrNull, failure: isTextOrNull }
const isProgress = (value: unknown): boolean => value === null || fits(progressChecks, value)

const testChecks: Checks<WebhookTest> = { told: isFlag, status: isNumberOrNull, latencyMs: isNumber, excerpt: isText, error: isTextOrNull }

export const isWebhook = (row: unknown): row is Webhook => fits(webhookChecks, row)

export const isListedWebhook = (row: unknown): row is ListedWebhook => fits({ ...webhookChecks, progress: isProgress }, row)

export const isWebhookWithSecret = (row: unknown): row is WebhookWithSecret => fits({ ...webhookChecks, secret: isText }, row)

export const isWebhookTest = (row: unknown): row is WebhookTest => fits(testChecks, row)

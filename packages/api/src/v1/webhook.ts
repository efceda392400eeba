import { isMusterError } from '@muster/common'
import { checkWebhookAddress, testWebhook } from '@muster/notifications'
import type { AddWebhookOptions, Webhook, WebhookProgress, WebhookState, WebhookWriteOptions } from '@muster/servicegroup'
import type { Request, Response } from 'express'

import { answerJson } from '../answer.js'
import type { Context } from '../context.js'
import { webhookProgress } from '../history/webhook-progress.js'
import { queryReader } from '../query.js'
import type { Route } from '../route.js'
import { compileBody } from '../schemas/compile-schema.js'
import { bodies, body } from '../schemas/schemas.js'
import { webhookPatchSchema, webhookRequestSchema } from '../schemas/webhook-schemas.js'
import { goneSignal } from './parameters.js'
import { readBody } from './read-body.js'
import { readActor, writeHeaders } from './write-options.js'

const readQuery = queryReader({})
const isRequest = compileBody<AddWebhookOptions>(webhookRequestSchema)
const isPatch = compileBody<WebhookState>(webhookPatchSchema)
const unkept = ['Cache-Control', 'no-store']
const headers = { 'X-Svc-Actor': writeHeaders['X-Svc-Actor'] }

const by = (req: Request, res: Response): WebhookWriteOptions => ({ actor: readActor(req, res), source: req.socket.remoteAddress })
const idOf = (req: Request): string => String(req.params.id)

/** How far each is; undefined while the history is not at hand: what can be listed is listed all the same. */
async function progressOf({ history }: Context, webhooks: readonly Webhook[], signal: AbortSignal): Promise<WebhookProgress[] | undefined> {
  try {
    return history && (await webhookProgress(history.open.log, webhooks.map(({ id }) => id), signal))
  } catch (error) {
    if (isMusterError(error, 'backend_unreachable')) return undefined
    throw error
  }
}

/** `/v1/webhook` and what is below it: which endpoints are told of changes of services. */
export function webhookRoutes(context: Context): Route[] {
  const { serviceGroup, webhookRules } = context
  return [
    {
      path: '/v1/webhook',
      method: 'get',
      role: 'admin',
      operation: { summary: 'The webhooks, the oldest first, and how far each is; never their secrets.', query: {}, answers: { 200: { description: 'All of them.', schema: bodies('WebhookRow') } } },
      handler: async (req, res) => {
        readQuery(req.url)
        const signal = goneSignal(res)
        const webhooks = await serviceGroup.listWebhooks({ signal })
        const progress = await progressOf(context, webhooks, signal)
        answerJson(res, 200, webhooks.map((webhook, index) => ({ ...webhook, progress: progress?.[index] ?? null })), unkept)
      },
    },
    {
      path: '/v1/webhook',
      method: 'post',
      role: 'admin',
      operation: {
        summary: 'Makes a webhook.',
        query: {},
        headers,
        body: { schema: body('WebhookRequest'), types: ['application/json'] },
        answers: { 201: { description: 'With its secret, which is told this once.', schema: body('WebhookWithSecret') } },
        problems: [403, 413, 415],
      },
      handler: async (req, res) => {
        readQuery(req.url)
        const options = readBody(req.body, isRequest, 'Send {"url": "https://host/path"}, and if you like kinds, types and hosts.')
        if (URL.canParse(options.url) && /^https?:/i.test(options.url)) await checkWebhookAddress(options.url, webhookRules)
        answerJson(res, 201, await serviceGroup.addWebhook(options, by(req, res)), unkept)
      },
    },
    {
      path: '/v1/webhook/{id}',
      method: 'patch',
      role: 'admin',
      operation: { summary: 'Enables or disables a webhook.', query: {}, headers, body: { schema: body('WebhookPatch'), types: ['application/json', 'application/merge-patch+json'] }, answers: { 200: { description: 'As it is then.', schema: body('Webhook') } }, problems: [404, 409, 413, 415] },
      handler: async (req, res) => {
        readQuery(req.url)
        const state = readBody(req.body, isPatch, 'Send {"status": "enabled"} or {"status": "disabled"}.')
        answerJson(res, 200, await serviceGroup.setWebhookState(idOf(req), state, by(req, res)), unkept)
      },
    },
    {
      path: '/v1/webhook/{id}',
      method: 'delete',
      role: 'admin',
      operation: { summary: 'Deletes a webhook.', query: {}, headers, answers: { 200: { description: 'As it was.', schema: body('Webhook') } }, problems: [404] },
      handler: async (req, res) => {
        readQuery(req.url)
        answerJson(res, 200, await serviceGroup.deleteWebhook(idOf(req), by(req, res)), unkept)
      },
    },
    {
      path: '/v1/webhook/{id}/secret',
      method: 'post',
      role: 'admin',
      operation: { summary: 'Gives a webhook a new secret; the one before signs beside it for 24 hours.', query: {}, headers, answers: { 200: { description: 'With the secret, which is told this once.', schema: body('WebhookWithSecret') } }, problems: [404, 409] },
      handler: async (req, res) => {
        readQuery(req.url)
        answerJson(res, 200, await serviceGroup.rotateWebhookSecret(idOf(req), by(req, res)), unkept)
      },
    },
    {
      path: '/v1/webhook/{id}/test',
      method: 'post',
      role: 'admin',
      operation: { summary: 'Sends a signed test to a webhook, once.', query: {}, answers: { 200: { description: 'What came of it, also where the endpoint did not take it.', schema: body('WebhookTest') } }, problems: [404] },
      handler: async (req, res) => {
        readQuery(req.url)
        answerJson(res, 200, await testWebhook(serviceGroup, idOf(req), { ...webhookRules, signal: goneSignal(res) }), unkept)
      },
    },
  ]
}

import { differencesSince, notificationSchema, notificationSchemaId, stateAt } from '@muster/notifications'

import { answer, answerJson } from '../answer.js'
import type { Context } from '../context.js'
import { noSuchPath } from '../problems.js'
import { queryReader } from '../query.js'
import type { Route } from '../route.js'
import { bodies, body } from '../schemas/schemas.js'
import { historyOf, readTime, timeParameters } from './history-parameters.js'
import { goneSignal } from './parameters.js'

const [atQuery, sinceQuery] = [timeParameters('at'), timeParameters('since')]
const [readAt, readSince] = [queryReader(atQuery), queryReader(sinceQuery)]

/** How it was, and what is another way since; and the schemas of what is told. */
export function pastRoutes(context: Context): Route[] {
  const schema = Buffer.from(JSON.stringify(notificationSchema))
  return [
    {
      path: '/v1/state',
      method: 'get',
      role: 'reader',
      operation: { summary: 'Who was alive and what was decided at a time.', query: atQuery, answers: { 200: { description: 'The workers and services of that time.', schema: body('PastState') } }, problems: [404, 413] },
      handler: async (req, res) => answerJson(res, 200, await stateAt(historyOf(context).log, { time: readTime('at', readAt(req.url).at), signal: goneSignal(res) }), ['Cache-Control', 'no-cache']),
    },
    {
      path: '/v1/difference',
      method: 'get',
      role: 'reader',
      operation: { summary: 'What is another way now than at a time, and who has done it last.', query: sinceQuery, answers: { 200: { description: 'Each worker and service that is, in the order of its last change.', schema: bodies('PastDifference') } }, problems: [404, 413] },
      handler: async (req, res) => answerJson(res, 200, await differencesSince(historyOf(context).log, { time: readTime('since', readSince(req.url).since), signal: goneSignal(res) }), ['Cache-Control', 'no-cache']),
    },
    {
      path: '/v1/schema/{name}',
      method: 'get',
      role: 'open',
      operation: { summary: `The JSON Schema of a notification: ${notificationSchemaId}.`, answers: { 200: { description: 'The schema.', schema: { type: 'object' }, type: 'application/schema+json' } }, problems: [404] },
      handler: (req, res, next) => {
        if (req.params.name === notificationSchemaId) answer(res, 200, ['Content-Type', 'application/schema+json', 'Cache-Control', 'max-age=3600'], schema)
        else noSuchPath(req, res, next)
      },
    },
  ]
}

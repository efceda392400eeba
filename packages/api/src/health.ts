import type { LiveView } from '@muster/servicegroup'

import { answerJson } from './answer.js'
import { trustOf } from './freshness.js'
import type { Route } from './route.js'
import { body } from './schemas/schemas.js'

const unkept = ['Cache-Control', 'no-store']

/** `GET /livez`: the process answers. Nothing else is looked at, so that a backend's outage restarts no server. */
export const livenessOfProcess: Route = {
  path: '/livez',
  method: 'get',
  role: 'open',
  operation: { summary: 'Whether the process answers.', answers: { 200: { description: 'It does.', schema: body('Health') } } },
  handler: (_req, res) => answerJson(res, 200, { status: 'ok' }, unkept),
}

/** `GET /readyz`: 200 while lists are answered, 503 when they are refused or the server is stopping. */
export function readiness(view: LiveView, stopping: AbortSignal | undefined): Route {
  return {
    path: '/readyz',
    method: 'get',
    role: 'open',
    operation: {
      summary: 'Whether lists are answered.',
      answers: { 200: { description: 'They are.', schema: body('Readiness') }, 503: { description: 'They are refused, or the server stops.', schema: body('Readiness') } },
    },
    handler: (_req, res) => {
      const status = stopping?.aborted ? 'stopping' : trustOf(view).kind === 'none' ? 'unavailable' : 'ok'
      const asOf = view.asOf()
      const content = {
        status,
        backend: view.connection.state,
        synced: view.synced,
        asOf: Number.isNaN(asOf) ? null : new Date(asOf).toISOString(),
      }
      if (status === 'ok') answerJson(res, 200, content, unkept)
      else answerJson(res, 503, content, [...unkept, 'Retry-After', '1'])
    },
  }
}

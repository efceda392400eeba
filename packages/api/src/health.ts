import type { LiveView } from '@muster/servicegroup'
import type { RequestHandler, Response } from 'express'

import { trustOf } from './freshness.js'

function answer(res: Response, status: number, body: object): void {
  res.setHeader('Cache-Control', 'no-store')
  res.status(status).json(body)
}

/** `GET /livez`: the process answers. Nothing else is looked at, so that a backend's outage restarts no server. */
export const liveness: RequestHandler = (_req, res) => {
  answer(res, 200, { status: 'ok' })
}

/** `GET /readyz`: 200 while lists are answered, 503 when they are refused or the server is stopping. */
export function readiness(view: LiveView, stopping: AbortSignal | undefined): RequestHandler {
  return (_req, res) => {
    const status = stopping?.aborted ? 'stopping' : trustOf(view).kind === 'none' ? 'unavailable' : 'ok'
    const asOf = view.asOf()
    if (status !== 'ok') res.setHeader('Retry-After', '1')
    answer(res, status === 'ok' ? 200 : 503, {
      status,
      backend: view.connection.state,
      synced: view.synced,
      asOf: Number.isNaN(asOf) ? null : new Date(asOf).toISOString(),
    })
  }
}

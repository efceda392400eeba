import { createRequire } from 'node:module'

import type { LiveView, ServicesView } from '@muster/servicegroup'
import type { RequestHandler } from 'express'
import { Gauge, Registry } from 'prom-client'

import { answer } from '../answer.js'
import type { Connections } from '../connections.js'
import type { ServerHistory } from '../history/history.js'
import type { Route } from '../route.js'
import { text } from '../schemas/schema.js'
import { addBackendMetrics } from './backend-metrics.js'
import { addConnectionMetrics } from './connection-metrics.js'
import { addHistoryMetrics } from './history-metrics.js'
import { processMetrics } from './process-metrics.js'
import { observeRequests } from './request-metrics.js'
import { seldom } from './seldom.js'
import { addViewMetrics } from './view-metrics.js'

export interface MetricsSources {
  readonly workers: LiveView
  readonly services: Pick<ServicesView, 'services'>
  /** How many clients watch. */
  readonly watchClients: () => number
  readonly connections: Connections | undefined
  readonly history: ServerHistory | undefined
  readonly stopping: AbortSignal | undefined
}

export interface Metrics {
  /** Measures every request that passes. */
  readonly observe: RequestHandler
  /** `GET /metrics`: the text format of Prometheus. Nothing but memory is read. */
  readonly route: Route
}

const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string }

/** The metrics of one app, and those of its process. */
export function createMetrics({ workers: view, services, watchClients, connections, history, stopping }: MetricsSources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  addBackendMetrics(registry, view, stopping)
  addViewMetrics(registry, view, services)
  if (connections) addConnectionMetrics(registry, connections)
  if (history) addHistoryMetrics(registry, history)
  new Gauge({
    name: 'svc_watch_clients',
    help: 'Clients that are told of changes',
    labelNames: ['transport'],
    registers,
    collect() {
      this.set({ transport: 'sse' }, watchClients())
    },
  })
  new Gauge({ name: 'svc_build_info', help: '1, with the version of Muster', labelNames: ['version'], registers }).set({ version }, 1)
  const tell = seldom(async () => Buffer.from((await Promise.all([registry.metrics(), processMetrics().metrics()])).join('\n')))
  return {
    observe: observeRequests(registry),
    route: {
      path: '/metrics',
      method: 'get',
      role: 'reader',
      operation: { summary: 'Numbers for Prometheus.', answers: { 200: { description: 'Its text format.', schema: text, type: 'text/plain' } } },
      handler: async (_req, res) => {
        answer(res, 200, ['Content-Type', registry.contentType, 'Cache-Control', 'no-store'], await tell())
      },
    },
  }
}

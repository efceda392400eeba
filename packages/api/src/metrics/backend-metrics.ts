import type { LiveView } from '@muster/servicegroup'
import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

import { trustOf } from '../freshness.js'

const states = ['connected', 'suspended', 'lost', 'closed'] as const

/** What is told of the link to the backend, and whether lists are answered. */
export function addBackendMetrics(registry: Registry, view: LiveView, stopping: AbortSignal | undefined): void {
  const registers = [registry]
  new Gauge({
    name: 'svc_ready',
    help: '1 while lists are answered, as GET /readyz; 0 when they are refused or the server stops',
    registers,
    collect() {
      this.set(stopping?.aborted !== true && trustOf(view).kind !== 'none' ? 1 : 0)
    },
  })
  new Gauge({
    name: 'svc_backend_up',
    help: '1 while the backend answers',
    registers,
    collect() {
      this.set(view.connection.state === 'connected' ? 1 : 0)
    },
  })
  new Gauge({
    name: 'svc_backend_state',
    help: '1 for the state of the connection to the backend, 0 for the others',
    labelNames: ['state'],
    registers,
    collect() {
      for (const state of states) this.set({ state }, view.connection.state === state ? 1 : 0)
    },
  })
  new Counter({
    name: 'svc_backend_reconnects_total',
    help: 'Sessions that took the place of a lost one',
    registers,
    collect() {
      this.reset()
      this.inc(Math.max(0, view.connection.epoch - 1)) // the first session has epoch 1
    },
  })
  new Gauge({
    name: 'svc_view_age_seconds',
    help: 'Time since what lists are answered from was known to equal the backend; absent before the first sync',
    registers,
    collect() {
      this.remove()
      if (view.synced) this.set(Math.max(0, Date.now() - view.asOf()) / 1000)
    },
  })
}

import { expect, test } from '@jest/globals'
import { Registry } from 'prom-client'

import { HandMadeView, worker } from '../hand-made-view.test.support.js'
import { addBackendMetrics } from './backend-metrics.js'
import { addViewMetrics } from './view-metrics.js'

async function tell(view: HandMadeView): Promise<Record<string, number>> {
  const registry = new Registry()
  addBackendMetrics(registry, view, undefined)
  addViewMetrics(registry, view, { services: () => [] })
  const metrics = await registry.getMetricsAsJSON()
  return Object.fromEntries(metrics.flatMap(({ name, values }) => values.map(({ labels, value }) => [[name, ...Object.values(labels)].join(' '), value])))
}

test('before the first sync neither workers nor an age are told, and the server is not ready', async () => {
  const view = new HandMadeView()
  view.synced = false
  const told = await tell(view)
  expect(told).toMatchObject({ svc_ready: 0, svc_backend_up: 1 })
  expect(Object.keys(told).filter((name) => /^svc_(workers|members|services|view)/.test(name))).toEqual([])
})

test('while the backend is away workers are told for as long as lists are, and the age grows', async () => {
  const view = new HandMadeView()
  view.change({ rows: [worker], connection: { state: 'suspended', epoch: 1 }, lastContact: Date.now() - 5000 })
  const soon = await tell(view)
  expect(soon).toMatchObject({ 'svc_ready': 1, 'svc_backend_up': 0, 'svc_backend_state suspended': 1, 'svc_workers vitrage ApiWorker': 1 })
  expect(soon.svc_view_age_seconds).toBeGreaterThanOrEqual(5)

  view.change({ lastContact: Date.now() - 11_000 })
  const late = await tell(view)
  expect(late).toMatchObject({ svc_ready: 0, svc_backend_up: 0 })
  expect(late).not.toHaveProperty('svc_workers vitrage ApiWorker')
  expect(late.svc_view_age_seconds).toBeGreaterThanOrEqual(11)
})

test('a session that took the place of a lost one is a reconnect', async () => {
  const view = new HandMadeView()
  view.change({ connection: { state: 'connected', epoch: 3 } })
  expect(await tell(view)).toMatchObject({ svc_backend_reconnects_total: 2 })
})

import { expect, test } from '@jest/globals'
import type { Decisions, Service, Worker } from '@muster/servicegroup'

import { explain } from './explain.js'

const now = Date.parse('2026-11-28T12:00:00Z')
const plain: Service = { uuid: 'u', type: 'nova-compute', host: 'host1', topic: 'compute', region: null, zone: null, status: 'enabled', state: 'up', effective: 'up', disabledReason: null, forcedDown: false, maintenance: null, version: 0, reportCount: 1, lastSeenUp: null, createdAt: '2026-11-28T09:00:00.000Z', updatedAt: null, index: '2' }
const worker: Worker = { name: 'nova-compute', hostname: 'host1', process: 4711, created: '2026-11-28T09:00:00+00:00', group: 'g', type: 'nova-compute', state: 'up', region: null, zone: null, version: null, labels: {}, memberId: 'm', incarnation: 1, uuid: 'u' }
const window = { note: 'kernel', start: '2026-11-28T11:00:00.000Z', until: '2026-11-28T14:00:00.000Z' }

test.each<[string, Partial<Service>, readonly Worker[], string]>([
  ['one that is well', {}, [worker], 'nova-compute@host1 is up for schedulers: it is up (1 worker, pid 4711, for 3h), enabled, and not in maintenance.'],
  ['one that is disabled', { status: 'disabled', disabledReason: 'disk', effective: 'down' }, [worker], 'nova-compute@host1 is down for schedulers: it is up (1 worker, pid 4711, for 3h), but disabled: "disk".'],
  ['one that is disabled without a reason', { status: 'disabled', effective: 'down' }, [worker, worker], 'nova-compute@host1 is down for schedulers: it is up (2 workers, for 3h), but disabled.'],
  ['one without workers', { state: 'down', effective: 'down' }, [], 'nova-compute@host1 is down for schedulers: no worker of it lives.'],
  ['one that is forced down', { state: 'down', effective: 'down', forcedDown: true }, [worker], 'nova-compute@host1 is down for schedulers: it is forced down (1 worker, pid 4711, for 3h).'],
  ['one in maintenance that is disabled', { effective: 'down', status: 'disabled', maintenance: window }, [worker], 'nova-compute@host1 is down for schedulers: it is up (1 worker, pid 4711, for 3h), but disabled and in maintenance: "kernel".'],
  ['one with a worker that says little', {}, [{ ...worker, process: null, created: null }], 'nova-compute@host1 is up for schedulers: it is up (1 worker), enabled, and not in maintenance.'],
])('the first sentence about %s is the verdict', (_, more, workers, sentence) => {
  expect(explain({ service: { ...plain, ...more }, workers, decisions: {} }, now)[0]).toBe(sentence)
})

test('the evidence, the window, what is known of before, and what would end it', () => {
  const service: Service = { ...plain, state: 'down', effective: 'down', forcedDown: true, status: 'disabled', disabledReason: 'disk', maintenance: window, updatedAt: '2026-11-28T11:30:00.000Z' }
  const decisions: Decisions = {
    status: { actor: 'ann@ops', source: 'svc', at: '2026-11-28T11:00:00.000Z', reason: 'disk' },
    forcedDown: { actor: 'bob', source: '10.0.0.7', at: '2026-11-28T11:30:00.000Z', reason: 'smoke' },
  }
  expect(explain({ service, workers: [{ ...worker, lagMs: 4200 }], decisions }, now, { backend: 'embedded:/srv/my store' }).slice(1)).toEqual([
    'Worker nova-compute lives: pid 4711 on host1, in group g, for 3h, its event loop blocked for 4.2s at a stretch.',
    'It was disabled by ann@ops, at 2026-11-28T11:00:00.000Z (1h ago).',
    'It was forced down by bob, from 10.0.0.7, at 2026-11-28T11:30:00.000Z (30m ago): "smoke": it counts as down whatever its workers do.',
    'It is in maintenance from 2026-11-28T11:00:00.000Z until 2026-11-28T14:00:00.000Z: "kernel"; that ends by itself in 2h.',
    'Its record, u, was made at 2026-11-28T09:00:00.000Z (3h ago), and last changed at 2026-11-28T11:30:00.000Z (30m ago).',
    `To end that: svc force-down nova-compute@host1 --unset --backend 'embedded:/srv/my store'`,
    `To end that: svc enable nova-compute@host1 --backend 'embedded:/srv/my store'`,
    `To end that: svc maintenance off nova-compute@host1 --backend 'embedded:/srv/my store'`,
  ])
})

test('a window that is to come is told, and is nothing to end', () => {
  const maintenance = { note: null, start: '2026-11-28T13:00:00.000Z', until: '2026-11-28T14:00:00.000Z' }
  const sentences = explain({ service: { ...plain, maintenance }, workers: [worker], decisions: {} }, now)
  expect(sentences).toContain('Maintenance is to come, from 2026-11-28T13:00:00.000Z until 2026-11-28T14:00:00.000Z; it begins by itself in 1h.')
  expect(sentences.join()).not.toContain('svc ')
})

test('when the last worker lived is told where it is recorded', () => {
  expect(explain({ service: { ...plain, state: 'down', effective: 'down', lastSeenUp: '2026-11-28T11:59:00.000Z' }, workers: [], decisions: {} }, now)[1]).toBe('No worker of type nova-compute lives on host1; the last one did at 2026-11-28T11:59:00.000Z (1m ago).')
})

test('a decision of which nobody knows who took it is told as that', () => {
  expect(explain({ service: { ...plain, status: 'disabled', effective: 'down' }, workers: [worker], decisions: {} }, now)).toContain('It was disabled by somebody unknown.')
})

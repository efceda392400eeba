import { readFileSync } from 'node:fs'

import { expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'

import type { Change, ObservedService } from '../log/change.js'
import { serviceStatusVersion, toNotification } from './notification.js'
import { notificationSchema } from './schema.js'

const service: ObservedService = {
  uuid: 'fa69c544-906b-4a6a-a9c6-c1f7a8078c73', type: 'nova-compute', host: 'host2', topic: 'compute', region: null, zone: null, status: 'enabled', state: 'up', effective: 'up',
  disabledReason: null, forcedDown: false, maintenance: null, version: 23, reportCount: 1, lastSeenUp: '2012-10-29T13:42:05.250Z',
}
const change: Change = {
  seq: 7, id: 'ce9e64b0-8b4d-4055-a07e-f4c872411ca7', at: '2026-11-21T00:57:06.700Z', kind: 'service.created', type: 'nova-compute', host: 'host2', uuid: service.uuid, group: null, memberId: null,
  cause: 'join', actor: 'w1', source: null, reason: null, massLoss: false, before: null, after: service, gap: null,
}
const disabled: ObservedService = { ...service, status: 'disabled', effective: 'down', disabledReason: 'kernel' }
const down: ObservedService = { ...service, state: 'down', effective: 'down', lastSeenUp: '2026-11-21T00:57:06.700Z' }

const told: Record<string, Change> = {
  'service-create': change,
  'service-update': { ...change, kind: 'service.updated', cause: 'admin', actor: 'ann', source: '127.0.0.1', reason: 'kernel', before: service, after: disabled },
  'service-update-state': { ...change, kind: 'service.updated', cause: 'session_lost', massLoss: true, before: service, after: down },
  'service-delete': { ...change, kind: 'service.deleted', cause: 'admin', actor: 'ann', before: disabled, after: null },
}
const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(notificationSchema)
const sampleOf = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../samples/${name}.json`, import.meta.url), 'utf8'))

test.each(Object.keys(told))('%s is told as its sample says, in the order of its fields, and fits the published schema', (name) => {
  const notification = toNotification(told[name] as Change)
  expect(JSON.stringify(notification, undefined, 2)).toBe(JSON.stringify(sampleOf(name), undefined, 2))
  expect(validate(notification)).toBe(true)
})

test('changes of workers and gaps have no notification', () => {
  for (const kind of ['worker.joined', 'worker.updated', 'worker.left', 'gap'] as const) expect(toNotification({ ...change, kind })).toBeUndefined()
})

test('the API of Nova publishes under its own name', () => {
  expect(toNotification({ ...change, after: { ...service, type: 'nova-osapi_compute' } })?.publisher_id).toBe('nova-api:host2')
})

/** A version, once published, keeps its shape: whoever changes the payload raises the version and adds a line. */
const shapes: Record<string, string> = {
  '1.1':
    'host:string disabled:boolean last_seen_up:string,null binary:string topic:string disabled_reason:string,null report_count:integer forced_down:boolean version:integer availability_zone:string,null uuid:string',
}

test('the shape of the payload is that of its version', () => {
  const { properties } = notificationSchema as unknown as { properties: { payload: { properties: { 'nova_object.data': { properties: Record<string, { type: string | string[] }> } } } } }
  const shape = Object.entries(properties.payload.properties['nova_object.data'].properties).map(([name, { type }]) => `${name}:${[type].flat().join(',')}`)
  expect(shapes[serviceStatusVersion]).toBe(shape.join(' '))
})

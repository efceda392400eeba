import { expect, test } from '@jest/globals'
import type { Service } from '@muster/servicegroup'

import { numberOf, serviceRow } from './service-rows.js'
import { zoneInfos } from './zones.js'

const service: Service = {
  uuid: 'e81d66a4-ddd3-4aba-8a84-171d1cb4d339',
  type: 'nova-compute',
  host: 'host1',
  topic: 'compute',
  region: null,
  zone: null,
  status: 'disabled',
  state: 'up',
  effective: 'down',
  disabledReason: 'test2',
  forcedDown: false,
  maintenance: null,
  version: 0,
  reportCount: 1,
  lastSeenUp: null,
  createdAt: '2012-10-29T13:42:00.000Z',
  updatedAt: '2012-10-29T13:42:05.120Z',
  index: '7',
}

test.each([
  [10, '{"id":255212973776339,"binary":"nova-compute","host":"host1","zone":"nova","status":"disabled","state":"up","updated_at":"2012-10-29T13:42:05.120000","disabled_reason":"test2"}'],
  [11, '{"id":255212973776339,"binary":"nova-compute","host":"host1","zone":"nova","status":"disabled","state":"up","updated_at":"2012-10-29T13:42:05.120000","disabled_reason":"test2","forced_down":false}'],
  [53, '{"id":"e81d66a4-ddd3-4aba-8a84-171d1cb4d339","binary":"nova-compute","host":"host1","zone":"nova","status":"disabled","state":"up","updated_at":"2012-10-29T13:42:05.120000","disabled_reason":"test2","forced_down":false}'],
])('a service in version 2.%i', (minor, row) => {
  expect(JSON.stringify(serviceRow(service, minor))).toBe(row)
})

test('a service that nobody has changed has no time of a change, and its own zone if it has one', () => {
  expect(serviceRow({ ...service, updatedAt: null, zone: 'z1' }, 53)).toMatchObject({ updated_at: null, zone: 'z1' })
})

test('the number of a uuid is positive, exact, and the same at all times', () => {
  expect(numberOf('00000000-0000-4000-8000-000000000000')).toBe(1)
  expect(numberOf('ffffffff-ffff-4fff-bfff-ffffffffffff')).toBe(2 ** 48 - 1)
  expect(numberOf('E81D66A4-DDD3-4ABA-8A84-171D1CB4D339')).toBe(numberOf(service.uuid))
})

test('a zone is available while a service of it is enabled; the detailed list alone has the zone internal, and hosts', () => {
  const services: Service[] = [
    { ...service, zone: 'a-closed' },
    { ...service, zone: 'b', status: 'enabled', state: 'down', updatedAt: null },
    { ...service, zone: 'b', type: 'nova-scheduler', status: 'enabled', updatedAt: null },
    { ...service, zone: 'internal', status: 'enabled' },
  ]
  expect(zoneInfos(services, false)).toEqual([
    { zoneName: 'b', zoneState: { available: true }, hosts: null },
    { zoneName: 'a-closed', zoneState: { available: false }, hosts: null },
  ])
  const [b, internal, closed] = zoneInfos(services, true)
  const enabled = { active: true, updated_at: null }
  expect(b).toEqual({
    zoneName: 'b',
    zoneState: { available: true },
    hosts: { host1: { 'nova-compute': { ...enabled, available: false }, 'nova-scheduler': { ...enabled, available: true } } },
  })
  expect(internal).toMatchObject({ zoneName: 'internal', hosts: { host1: { 'nova-compute': { available: true } } } })
  expect(closed).toEqual({ zoneName: 'a-closed', zoneState: { available: false }, hosts: null })
})

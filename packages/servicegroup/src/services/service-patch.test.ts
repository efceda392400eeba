import { expect, test } from '@jest/globals'

import { applyPatch, checkWriteOptions } from './service-patch.js'
import { newRecord } from './service-record.js'
import type { ServicePatch } from './service.js'

const now = Date.parse('2026-11-28T12:00:00.000Z')
const record = newRecord('u', { type: 't', host: 'h', region: null, zone: 'z' })
const disabled = { ...record, status: 'disabled' as const, disabledReason: 'disk' }
const until = '2026-11-28T13:00:00.000Z'

test.each<[string, typeof record, ServicePatch, Partial<typeof record>]>([
  ['disabling with a reason', record, { status: 'disabled', disabledReason: 'disk' }, { status: 'disabled', disabledReason: 'disk' }],
  ['disabling without one', record, { status: 'disabled' }, { status: 'disabled', disabledReason: null }],
  ['another reason', disabled, { disabledReason: 'network' }, { disabledReason: 'network' }],
  ['no reason any more', disabled, { disabledReason: null }, { status: 'disabled', disabledReason: null }],
  ['enabling takes the reason away', disabled, { status: 'enabled' }, { status: 'enabled', disabledReason: null }],
  ['forcing down', record, { forcedDown: true }, { forcedDown: true }],
  ['a window that begins now', record, { maintenance: { until } }, { maintenance: { note: null, start: '2026-11-28T12:00:00.000Z', until } }],
  ['a window to come, in another time zone', record, { maintenance: { note: 'n', start: '2026-11-28T13:30:00+01:00', until } }, { maintenance: { note: 'n', start: '2026-11-28T12:30:00.000Z', until } }],
  ['ending a window', { ...record, maintenance: { note: null, start: until, until } }, { maintenance: null }, { maintenance: null }],
  ['another zone', record, { zone: null, region: 'r' }, { zone: null, region: 'r' }],
  ['a version', record, { version: 66 }, { version: 66 }],
])('%s', (_, from, patch, changed) => {
  expect(applyPatch(from, patch, now)).toEqual({ ...from, ...changed })
})

test.each<[ServicePatch, typeof record]>([
  [{}, record],
  [{ status: 'enabled', forcedDown: false, zone: 'z' }, record],
  [{ status: 'disabled' }, disabled],
])('%j changes nothing', (patch, from) => {
  expect(applyPatch(from, patch, now)).toBe(from)
})

test.each<[string, string, ServicePatch]>([
  ['a reason for a service that is enabled', 'disabledReason', { disabledReason: 'x' }],
  ['a reason for enabling', 'disabledReason', { status: 'enabled', disabledReason: 'x' }],
  ['a reason of 256 characters', 'disabledReason', { status: 'disabled', disabledReason: 'x'.repeat(256) }],
  ['a window that ends before it begins', 'maintenance.until', { maintenance: { start: '2026-11-28T14:00:00Z', until } }],
  ['a window that is over', 'maintenance.until', { maintenance: { start: '2026-11-28T10:00:00Z', until: '2026-11-28T11:00:00Z' } }],
  ['a day without a time', 'maintenance.until', { maintenance: { until: 'tomorrow' } }],
  ['another status', 'status', { status: 'up' } as unknown as ServicePatch],
  ['a word for forced down', 'forcedDown', { forcedDown: 'yes' } as unknown as ServicePatch],
  ['half a version', 'version', { version: 0.5 }],
])('%s is refused by the name of %s', (_, argument, patch) => {
  expect(() => applyPatch(record, patch, now)).toThrow(expect.objectContaining({ code: 'invalid_argument', argument }))
})

test('an actor of 256 characters is refused', () => {
  expect(() => checkWriteOptions({ actor: 'x'.repeat(256) })).toThrow(expect.objectContaining({ code: 'invalid_argument', argument: 'actor' }))
})

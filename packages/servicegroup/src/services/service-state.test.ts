import { expect, test } from '@jest/globals'

import { newRecord } from './service-record.js'
import { nextBoundary, stateOf, toService } from './service-state.js'
import type { Maintenance, Service } from './service.js'

const now = Date.parse('2026-11-28T12:00:00.000Z')
const window = (start: string, until: string): Maintenance => ({ note: null, start: `2026-11-28T${start}:00.000Z`, until: `2026-11-28T${until}:00.000Z` })
const around = window('11:00', '13:00')
const before = window('10:00', '12:00') // its last moment is not in it
const after = window('12:01', '13:00')

const table: readonly [workers: number, status: Service['status'], forcedDown: boolean, maintenance: Maintenance | null, state: Service['state'], effective: Service['effective']][] = [
  [0, 'enabled', false, null, 'down', 'down'],
  [1, 'enabled', false, null, 'up', 'up'],
  [7, 'enabled', false, null, 'up', 'up'],
  [1, 'disabled', false, null, 'up', 'down'],
  [0, 'disabled', false, null, 'down', 'down'],
  [1, 'enabled', true, null, 'down', 'down'],
  [1, 'disabled', true, null, 'down', 'down'],
  [1, 'enabled', false, around, 'up', 'down'],
  [1, 'enabled', false, before, 'up', 'up'],
  [1, 'enabled', false, after, 'up', 'up'],
  [0, 'enabled', false, around, 'down', 'down'],
  [1, 'disabled', true, around, 'down', 'down'],
]

test.each(table)('%d workers, %s, forced down: %s, maintenance %j: %s, effectively %s', (workers, status, forcedDown, maintenance, state, effective) => {
  expect(stateOf({ status, forcedDown, maintenance }, workers, now)).toEqual({ state, effective })
})

test.each([
  [null, undefined],
  [before, undefined],
  [around, Date.parse(around.until)],
  [after, Date.parse(after.start)],
])('the next boundary of %j is %s', (maintenance, boundary) => {
  expect(nextBoundary(maintenance, now)).toBe(boundary)
})

test('a service has its fields in the order of every list; a window that is over is none', () => {
  const record = { ...newRecord('u', { type: 'nova-compute', host: 'h', region: null, zone: 'z' }), maintenance: before }
  const service = toService({ record }, { created: '00000000000000000007', modified: '00000000000000000012', createdAt: now, modifiedAt: now + 1 }, 1, now)
  expect(Object.entries(service)).toEqual([
    ['uuid', 'u'],
    ['type', 'nova-compute'],
    ['host', 'h'],
    ['topic', 'compute'],
    ['region', null],
    ['zone', 'z'],
    ['status', 'enabled'],
    ['state', 'up'],
    ['effective', 'up'],
    ['disabledReason', null],
    ['forcedDown', false],
    ['maintenance', null],
    ['version', 0],
    ['reportCount', 1],
    ['lastSeenUp', null],
    ['createdAt', '2026-11-28T12:00:00.000Z'],
    ['updatedAt', '2026-11-28T12:00:00.001Z'],
    ['index', '12'],
  ])
})

test('a record that was only noted when it was last seen has the index and the time of its last change', () => {
  const record = newRecord('u', { type: 'a', host: 'h', region: null, zone: null })
  const entry = { created: '00000000000000000007', modified: '00000000000000000012', createdAt: now, modifiedAt: now + 5 }
  expect(toService({ record, changed: { modified: '00000000000000000009', modifiedAt: now + 1 } }, entry, 0, now)).toMatchObject({ index: '9', updatedAt: new Date(now + 1).toISOString() })
  expect(toService({ record, changed: { modified: entry.created, modifiedAt: now } }, entry, 0, now)).toMatchObject({ index: '7', updatedAt: null })
})

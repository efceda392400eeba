import { expect, test } from '@jest/globals'

import { blankRecord, copyOf, differencesOf, layOver } from './service-copy.js'
import type { ServiceCopy } from './service-copy.js'

const now = Date.parse('2026-11-28T12:00:00.000Z')
const id = { type: 'nova-compute', host: 'h1' }
const over = { note: 'fans', start: '2026-11-28T09:00:00.000Z', until: '2026-11-28T10:00:00.000Z' }
const coming = { note: 'fans', start: '2026-11-28T13:00:00.000Z', until: '2026-11-28T14:00:00.000Z' }

test('what a copy does not name is no difference, and stays as it is', () => {
  const stored = layOver(blankRecord('u1', id), { ...id, zone: 'z1', version: 61, maintenance: coming, others: { newer: 1 } }, now)
  const copy: ServiceCopy = { ...id, status: 'disabled', disabledReason: 'disk' }
  expect(differencesOf(copy, copyOf(stored), now).map(({ field }) => field)).toEqual(['status', 'disabledReason'])
  expect(layOver(stored, copy, now)).toEqual({ ...stored, record: { ...stored.record, status: 'disabled', disabledReason: 'disk' } })
})

test('a record that is as its copy is the same object, whatever its uuid and its counts', () => {
  const stored = layOver(blankRecord('u1', { ...id, reportCount: 4 }), { ...id, zone: 'z1', others: { newer: { a: 1 } } }, now)
  expect(layOver(stored, { ...copyOf(stored), uuid: 'u2', reportCount: 9, lastSeenUp: over.until }, now)).toBe(stored)
})

test('fields of other versions are carried over, and do not take away those that are there', () => {
  const stored = layOver(blankRecord('u1', id), { ...id, others: { there: true } }, now)
  const after = layOver(stored, { ...id, others: { newer: { deep: [1] } } }, now)
  expect(after.others).toEqual({ there: true, newer: { deep: [1] } })
  expect(layOver(after, { ...id, others: { newer: { deep: [1] } } }, now)).toBe(after)
})

test('a window that is over is none on either side; one that is to come is carried over', () => {
  const blank = blankRecord('u1', id)
  expect(layOver(blank, { ...id, maintenance: over }, now)).toBe(blank)
  const ended = { ...blank, record: { ...blank.record, maintenance: over } }
  expect(layOver(ended, { ...id, maintenance: null }, now)).toBe(ended)
  expect(layOver(ended, { ...id, maintenance: coming }, now).record.maintenance).toEqual(coming)
})

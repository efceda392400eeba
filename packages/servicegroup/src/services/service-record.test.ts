import { expect, test } from '@jest/globals'

import { decodeGate, encodeGate, noGate, placeOf } from './gate.js'
import { decodeRecord, encodeRecord, newRecord } from './service-record.js'

const record = { ...newRecord('u', { type: 'Größe', host: 'h', region: null, zone: null }), disabledReason: 'wartet auf 部品', status: 'disabled' as const }
const decision = { actor: 'ann', source: null, at: '2026-11-28T12:00:00.000Z', reason: 'disk' }
const text = (data: Uint8Array): string => Buffer.from(data).toString()

test('a record is ASCII with its version, and reads back as it was', () => {
  const data = encodeRecord({ record, changeIds: ['a'], decisions: { status: decision }, others: {} })
  expect(text(data)).toMatch(/^[\x20-\x7e]*$/)
  expect(JSON.parse(text(data))).toMatchObject({ v: 1, uuid: 'u' })
  expect(decodeRecord({ data })).toEqual({ record, changeIds: ['a'], decisions: { status: decision }, others: {} })
})

test('fields of a newer Muster are kept when the record is written again', () => {
  const data = Buffer.from(JSON.stringify({ v: 2, uuid: 'u', type: 't', host: 'h', owner: { team: 'x' } }))
  const stored = decodeRecord({ data })
  expect(stored?.others).toEqual({ owner: { team: 'x' } })
  expect(stored && JSON.parse(text(encodeRecord(stored)))).toMatchObject({ owner: { team: 'x' } })
})

test('the witness of changes remembers the last 32', () => {
  const changeIds = Array.from({ length: 40 }, (_, index) => `c${index}`)
  expect(decodeRecord({ data: encodeRecord({ record, changeIds, decisions: {}, others: {} }) })?.changeIds).toEqual(changeIds.slice(8))
})

test.each(['', 'no JSON', '[]', 'null', '{"uuid":"u"}', '{"uuid":1,"type":"t","host":"h"}'])('%j is no record', (data) => {
  expect(decodeRecord({ data: Buffer.from(data) })).toBeUndefined()
})

test('fields of the wrong shape are taken as absent', () => {
  const data = Buffer.from('{"uuid":"u","type":"t","host":"h","status":7,"forcedDown":"yes","version":-1,"maintenance":{"until":"x"},"changeIds":[1,"a"],"decisions":{"status":{"actor":7},"forcedDown":{"actor":"a","at":"b"}}}')
  expect(decodeRecord({ data })).toMatchObject({ record: { status: 'enabled', forcedDown: false, version: 0, maintenance: null }, changeIds: ['a'], decisions: { forcedDown: { actor: 'a', source: null, at: 'b', reason: null } } })
})

test('a gate reads back as it was; none is an open one', () => {
  const gate = { uuid: null, tombstone: ['m'], deletedBy: 'c', others: { later: 1 } }
  const entry = { collection: 'gates', key: 'k', data: encodeGate(gate), version: '0', created: '1', modified: '1', order: '1', createdAt: 0, modifiedAt: 0 }
  expect(decodeGate(entry)).toEqual(gate)
  expect(decodeGate(undefined)).toEqual(noGate)
})

test('no two pairs of type and host share a gate', () => {
  const pairs = [['a', 'b'], ['a@b', 'c'], ['a', 'b@c'], ['a%40b', 'c'], ['a@b@', 'c'], ['a@', 'b@c']] as const
  expect(new Set(pairs.map(([type, host]) => placeOf(type, host))).size).toBe(pairs.length)
  expect(placeOf('nova-compute', 'host-1')).toBe('nova-compute@host-1')
})

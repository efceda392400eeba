import { expect, test } from '@jest/globals'

import { parsePast, parseWhen } from './parse-when.js'

const now = Date.parse('2026-11-28T12:00:00Z')

test.each([
  ['2h', '2026-11-28T14:00:00.000Z'],
  ['90', '2026-11-28T12:01:30.000Z'],
  ['2026-11-28T22:00:00Z', '2026-11-28T22:00:00.000Z'],
  ['2026-11-28T22:00+01:00', '2026-11-28T21:00:00.000Z'],
  ['2026-11-28 22:00:00.5Z', '2026-11-28T22:00:00.500Z'],
])('%s is %s', (text, time) => {
  expect(parseWhen(text, '--until', now)).toBe(time)
})

test.each(['soon', '', '2026-11-28', '2026-11-28T22:00:00', '2026-13-28T22:00:00Z', '999999999999999d'])('%j is neither a duration nor a time', (text) => {
  expect(() => parseWhen(text, '--until', now)).toThrow(`--until: '${text}' is neither a duration nor a time`)
})

test.each([
  ['2h', '2026-11-28T10:00:00.000Z'],
  ['2026-11-28T13:00+01:00', '2026-11-28T12:00:00.000Z'],
])('in the past %s is %s', (text, time) => {
  expect(new Date(parsePast(text, '--since', now)).toISOString()).toBe(time)
})

test('a time that is yet to come is none of the past', () => {
  expect(() => parsePast('2026-11-28T12:00:01Z', '--since', now)).toThrow('--since: 2026-11-28T12:00:01Z is yet to come')
  expect(() => parsePast('999999999999999d', '--since', now)).toThrow('neither')
})

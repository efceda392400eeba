import { expect, test } from '@jest/globals'

import { parseWhen } from './parse-when.js'

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

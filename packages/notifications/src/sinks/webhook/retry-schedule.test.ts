import { expect, test } from '@jest/globals'

import { pauseAfter, retryAfterMs, retrySchedule } from './retry-schedule.js'

const now = Date.parse('2026-11-28T10:00:00.000Z')
const day = 86_400_000

test('there are ten attempts, over more than three days', () => {
  expect(retrySchedule).toHaveLength(10)
  expect(retrySchedule.reduce((sum, ms) => sum + ms, 0)).toBe(5000 + 5 * 60_000 + 30 * 60_000 + 75 * 3_600_000)
  expect(pauseAfter(10, retrySchedule, undefined, now)).toBeUndefined()
})

test('a pause is as long as the schedule says and at most a tenth longer, another one each time', () => {
  const pauses = Array.from({ length: 100 }, () => pauseAfter(2, retrySchedule, undefined, now) ?? 0)
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(300_000)
  expect(Math.max(...pauses)).toBeLessThanOrEqual(330_000)
  expect(new Set(pauses).size).toBeGreaterThan(50)
})

test.each([
  ['120', 120_000], [' 5 ', 5000], ['0', 0], ['99999999', day], ['Sat, 28 Nov 2026 10:01:00 GMT', 60_000], ['Sat, 28 Nov 2026 09:00:00 GMT', 0], ['Mon, 28 Nov 2033 09:00:00 GMT', day], ['soon', 0], ['', 0], [undefined, 0],
] as const)('Retry-After %j is %d ms', (text, ms) => {
  expect(retryAfterMs(text, now)).toBe(ms)
})

test('Retry-After puts an attempt off and never hurries it', () => {
  expect(pauseAfter(1, retrySchedule, '60', now)).toBe(60_000)
  expect(pauseAfter(2, retrySchedule, '1', now)).toBeGreaterThanOrEqual(300_000)
  expect(pauseAfter(10, retrySchedule, '60', now)).toBeUndefined()
})

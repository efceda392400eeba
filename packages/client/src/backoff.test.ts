import { expect, test } from '@jest/globals'

import { backoffMs } from './backoff.js'

test.each([
  [1, 0, 250],
  [1, 0.5, 375],
  [2, 0, 500],
  [5, 0, 4000],
  [6, 0, 7500], // 16 s would be too long
  [1_000_000, 0.5, 11_250],
])('failure %d, random %d: %d ms', (failures, random, expected) => {
  expect(backoffMs(failures, random)).toBe(expected)
})

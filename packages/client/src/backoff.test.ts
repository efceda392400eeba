import { expect, test } from '@jest/globals'

import { backoffMs } from './backoff.js'

test.each([
  [1, 1000, 0, 500],
  [1, 1000, 0.5, 750],
  [2, 1000, 0, 1000],
  [4, 1000, 0, 4000],
  [5, 1000, 0, 5000], // 16 s would be too long
  [1_000_000, 1000, 0.5, 7500],
  [1, 60_000, 0, 30_000], // a slow watcher is not made faster by failures
  [9, 60_000, 0.5, 45_000],
])('failure %d of a watch every %d ms, random %d: %d ms', (failures, intervalMs, random, expected) => {
  expect(backoffMs(failures, intervalMs, random)).toBe(expected)
})

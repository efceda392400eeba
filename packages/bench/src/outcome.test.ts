import { expect, test } from '@jest/globals'

import { isMet, report } from './outcome.js'
import type { Outcome } from './outcome.js'

const slow: Outcome = { what: 'slow', value: 2.71, spread: [2, 3], bar: { atMost: 2.7 }, here: '271 ms' }
const fast: Outcome = { what: 'fast', value: 0.5, spread: [0.4, 0.6], bar: { atLeast: 0.5 }, here: '500 requests/s' }

test('a bar is met by reaching it and missed by the least more or less', () => {
  expect([slow, { ...slow, value: 2.7 }].map(isMet)).toEqual([false, true])
  expect([fast, { ...fast, value: 0.499 }].map(isMet)).toEqual([true, false])
})

test('the report shows ratios and bars in a table and the numbers of this machine below', async () => {
  expect(await report([slow, fast])).toBe(
    `+----------+-------+----------------+----------------+--------+
| Measured | Value | Spread         | Bar            | Result |
+----------+-------+----------------+----------------+--------+
| slow     | 2.71x | 2.00x to 3.00x | at most 2.70x  | missed |
| fast     | 0.50x | 0.40x to 0.60x | at least 0.50x | met    |
+----------+-------+----------------+----------------+--------+
slow: 271 ms
fast: 500 requests/s
`,
  )
})

test('a value that is no ratio is shown in its unit', async () => {
  expect(await report([{ what: 'bytes', value: 75.4, spread: [75, 76], unit: ' B', bar: { atMost: 200 }, here: '187 B' }])).toContain('| bytes    | 75 B  | 75 B to 76 B | at most 200 B | met    |')
})

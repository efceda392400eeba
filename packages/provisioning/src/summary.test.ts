import { expect, test } from '@jest/globals'

import type { StepRow } from './rows.js'
import { inWords, summaryOf } from './summary.js'

const step = (row: Partial<StepRow>): StepRow => ({ step_name: 'Waiting for ssh', completed: 59, failed: 0, total: 1000, duration_ms: null, state: 'running', ...row }) as StepRow

test.each([
  ['that is done', { step_name: 'Launching instances', completed: 1000, duration_ms: 600_000, state: 'done' }, 'Launching instances completed 1000 out of 1000 in 10 minutes'],
  ['that goes on', {}, 'Waiting for ssh: 59 out of 1000'],
  ['with failures', { failed: 3, state: 'failed' }, 'Waiting for ssh: 59 out of 1000, 3 failed'],
  ['that is over with failures', { completed: 997, failed: 3, duration_ms: 61_000, state: 'failed' }, 'Waiting for ssh completed 997 out of 1000, 3 failed, in 1 minute 1 second'],
  ['of which nothing is heard', { state: 'incomplete' }, 'Waiting for ssh: 59 out of 1000, no report for 12 minutes'],
] as const)('a step %s', (_, row, summary) => expect(summaryOf(step(row), 720_000)).toBe(summary))

test.each([
  [0, 'less than a second'],
  [999, 'less than a second'],
  [1000, '1 second'],
  [59_999, '59 seconds'],
  [600_000, '10 minutes'],
  [3_900_000, '1 hour 5 minutes'],
  [3_605_000, '1 hour'],
  [200_000_000, '2 days 7 hours'],
])('%d ms is %s', (ms, words) => expect(inWords(ms)).toBe(words))

import { expect, test } from '@jest/globals'

import { run } from './churn.js'
import { missedOutcomes, toTable } from './proof.js'

test('lists are right at every moment while processes join, leave and die (short form)', async () => {
  const result = await run({ seconds: 5, processes: 6, boundMs: 5000 }) // other tests want the processor at the same time
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 60_000)

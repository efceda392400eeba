import { expect, test } from '@jest/globals'

import { missedOutcomes, toTable } from './proof.js'
import { run } from './zookeeper-churn.js'

test('lists are right at every moment while processes join, leave and die and the servers of an ensemble are killed in turn (short form)', async () => {
  const result = await run({ seconds: 5, processes: 5, boundMs: 15_000 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 90_000)

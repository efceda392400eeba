import { expect, test } from '@jest/globals'

import { missedOutcomes, toTable } from './proof.js'
import { run } from './zookeeper-partition.js'

test('a client behind a silent partition stops trusting its session in time and comes back by itself (short form)', async () => {
  const result = await run({ clients: 3, rounds: 2, timeoutMs: 2000 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 60_000)

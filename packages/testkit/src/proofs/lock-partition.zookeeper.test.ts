import { expect, test } from '@jest/globals'

import { run } from './lock-partition.js'
import { missedOutcomes, toTable } from './proof.js'

test('a holder that is cut off or stopped holds nothing when the next one does (short form)', async () => {
  const result = await run({ locks: 10, rounds: 4 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 60_000)

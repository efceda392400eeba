import { expect, test } from '@jest/globals'

import { run } from './history.js'
import { missedOutcomes, toTable } from './proof.js'

test('on embedded the log tells everything once and in order, whenever the API servers die (short form)', async () => {
  const result = await run({ on: ['embedded'], kills: 4, changes: 100, leavers: 10, killed: 2 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 300_000)

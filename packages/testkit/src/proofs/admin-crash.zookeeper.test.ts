import { expect, test } from '@jest/globals'

import { run } from './admin-crash.js'
import { missedOutcomes, toTable } from './proof.js'

test('on zookeeper each acknowledged change of a service is told exactly once, whenever its writer dies (short form)', async () => {
  const result = await run({ on: ['zookeeper'], rounds: 2, writers: 4, changesPerRound: 60 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 90_000)

import { expect, test } from '@jest/globals'

import { run } from './crash.js'
import { missedOutcomes, toTable } from './proof.js'

test('what a writer was told is stored stays stored, whenever it dies (short form)', async () => {
  const result = await run({ rounds: 8 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 60_000)

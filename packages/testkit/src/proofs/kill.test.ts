import { expect, test } from '@jest/globals'

import { run } from './kill.js'
import { missedOutcomes, toTable } from './proof.js'

test('killed workers are gone from every list soon, whoever dies (short form)', async () => {
  const result = await run({ workers: 4, kills: 6, leaves: 2 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 60_000)

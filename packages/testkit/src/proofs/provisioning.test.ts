import { expect, test } from '@jest/globals'

import { missedOutcomes, toTable } from './proof.js'
import { run } from './provisioning.js'

test('what many processes report to one step is counted exactly, whenever they die (short form)', async () => {
  const result = await run({ on: ['sqlite'], reporters: 6, events: 400, kills: 6 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 120_000)

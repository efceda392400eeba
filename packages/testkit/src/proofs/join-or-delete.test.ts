import { expect, test } from '@jest/globals'

import { run } from './join-or-delete.js'
import { missedOutcomes, toTable } from './proof.js'

test('on embedded a join and a deletion at the same time never leave a live worker without a service (short form)', async () => {
  const result = await run({ on: ['embedded'], races: 40 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 90_000)

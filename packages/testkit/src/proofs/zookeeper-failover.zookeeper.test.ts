import { expect, test } from '@jest/globals'

import { missedOutcomes, toTable } from './proof.js'
import { run } from './zookeeper-failover.js'

test('clients outlive the leader of the ensemble: no session is lost, no departure told (short form)', async () => {
  const result = await run({ clients: 50, rounds: 1 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 60_000)

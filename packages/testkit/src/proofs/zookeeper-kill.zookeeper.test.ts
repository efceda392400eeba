import { expect, test } from '@jest/globals'

import { missedOutcomes, toTable } from './proof.js'
import { run } from './zookeeper-kill.js'

test('on ZooKeeper a dead worker is gone from every list when its session timeout is over (short form)', async () => {
  const result = await run({ workers: 3, kills: 2, leaves: 1, timeoutMs: 2000 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 60_000)

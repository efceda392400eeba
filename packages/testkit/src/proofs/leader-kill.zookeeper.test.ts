import { expect, test } from '@jest/globals'

import { run } from './leader-kill.js'
import { missedOutcomes, toTable } from './proof.js'

test('a leader that is killed or stands down is followed by the next one in line (short form)', async () => {
  const result = await run({ kills: 2, standDowns: 3, timeoutMs: 2000 })
  console.info(toTable(result))
  expect(missedOutcomes(result)).toEqual([])
}, 60_000)

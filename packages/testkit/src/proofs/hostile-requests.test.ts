import { expect, test } from '@jest/globals'

import { run } from './hostile-requests.js'
import { missedOutcomes, toTable } from './proof.js'

test('hostile requests get refusals, and honest ones their answers (short form)', async () => {
  const said: string[] = []
  const result = await run({ requests: 1500, perSecond: 300, idle: 500, others: 5, calmMs: 1000, log: (line) => said.push(line) })
  console.info([...said, toTable(result)].join('\n'))
  expect(missedOutcomes(result)).toEqual([])
}, 120_000)

import { expect, test } from '@jest/globals'

import { run } from './churn.js'
import { toTable } from './proof.js'

test('lists are right at every moment while processes join, leave and die (short form)', async () => {
  const result = await run({ seconds: 5, processes: 8 })
  expect({ missed: result.bars.filter(({ met }) => !met), table: toTable(result) }).toMatchObject({ missed: [] })
}, 60_000)

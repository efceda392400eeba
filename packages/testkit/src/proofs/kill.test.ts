import { expect, test } from '@jest/globals'

import { run } from './kill.js'
import { toTable } from './proof.js'

test('killed workers are gone from every list soon, whoever dies (short form)', async () => {
  const result = await run({ workers: 4, kills: 7, leaves: 3 })
  expect({ missed: result.bars.filter(({ met }) => !met), table: toTable(result) }).toMatchObject({ missed: [] })
}, 60_000)

import { expect, test } from '@jest/globals'

import { run } from './crash.js'
import { toTable } from './proof.js'

test('what a writer was told is stored stays stored, whenever it dies (short form)', async () => {
  const result = await run({ rounds: 8 })
  expect({ missed: result.bars.filter(({ met }) => !met), table: toTable(result) }).toMatchObject({ missed: [] })
}, 60_000)

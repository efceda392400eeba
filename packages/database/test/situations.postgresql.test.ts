import { beforeEach, describe } from '@jest/globals'

import type * as situationsModule from '../src/history/situations.test.support.js'
import { oneServer } from './one-server.js'

const { situationsOfHistories } = (await import(new URL('../history/situations.test.support.js', import.meta.url).href)) as typeof situationsModule

const all = oneServer()
let url: string
beforeEach(async () => {
  url = await all.server.createDatabase()
})

describe('PostgreSQL', () => situationsOfHistories(() => url))

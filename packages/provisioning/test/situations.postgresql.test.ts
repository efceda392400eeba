import { afterAll, beforeAll, beforeEach, describe } from '@jest/globals'
import { startPostgresql } from '@muster/testkit'
import type { PostgresqlServer } from '@muster/testkit'

import type * as situationsModule from '../src/situations.test.support.js'

const { situationsOfProvisioning } = (await import(new URL('../situations.test.support.js', import.meta.url).href)) as typeof situationsModule

let server: PostgresqlServer
let url: string
beforeAll(async () => {
  server = await startPostgresql()
}, 120_000)
beforeEach(async () => {
  url = await server.createDatabase()
})
afterAll(async () => await server[Symbol.asyncDispose]())

describe('PostgreSQL', () => situationsOfProvisioning(() => url))

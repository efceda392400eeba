import { afterAll, beforeAll } from '@jest/globals'

import { embeddedBackend } from '../conformance/embedded-backend.js'
import { startPostgresql } from '../postgresql/server.js'
import type { PostgresqlServer } from '../postgresql/server.js'
import { describeHistories } from './index.js'

let server: PostgresqlServer | undefined

beforeAll(async () => {
  server = await startPostgresql()
}, 120_000)
afterAll(async () => await server?.[Symbol.asyncDispose]())

describeHistories('embedded, in PostgreSQL', embeddedBackend, async () => {
  if (!server) throw new Error('There is no server before the tests')
  return server.createDatabase()
})

import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect } from '@jest/globals'
import { serve } from '@muster/api'
import { createProvisioningClient } from '@muster/client'
import { silentLogger } from '@muster/common'
import { Provisioning } from '@muster/provisioning'
import type { ProvisioningOptions } from '@muster/provisioning'
import { eventually, temporaryFolder } from '@muster/testkit'

import type * as situationsModule from '../src/situations.test.support.js'

const { situationsOfProvisioning } = (await import(new URL('../situations.test.support.js', import.meta.url).href)) as typeof situationsModule

let folder: AsyncDisposable & { readonly path: string }
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(async () => await folder[Symbol.asyncDispose]())

/** A server of its own on that database, and a client of it, which closes it. */
async function openAt(database: string, { logger, eventLog, reporterTimeoutMs, eraseEveryMs, keepEventsMs }: ProvisioningOptions = {}): Promise<Provisioning> {
  const server = await serve({ backend: `embedded:${folder.path}`, database, port: 0, clusters: { eventLog, reporterTimeoutMs, eraseEveryMs, keepEventsMs }, rateLimit: 0, logger: silentLogger })
  const store = createProvisioningClient(server.url)
  const closeClient = store.close.bind(store)
  await eventually(async () => expect(await store.clusters({ limit: 1 })).toBeDefined())
  return new Provisioning(Object.assign(store, { close: () => closeClient().then(() => server.close()) }), { logger })
}

describe('a server', () => situationsOfProvisioning(() => `sqlite:${join(folder.path, 'history.db')}`, openAt))

import { describe } from '@jest/globals'

import type { ConformanceBackend } from '../conformance/backend.js'
import { situationOn } from '../conformance/scene.js'
import { records } from './records.js'
import { scenario } from './scenario.js'
import { terminal, terminalOverHttp } from './terminal-way.js'
import { tokens } from './tokens.js'
import { http, library } from './way.js'
import { webhooks } from './webhooks.js'

const ways = { library, HTTP: http, terminal, 'terminal over HTTP': terminalOverHttp }

/** Registers the suite of services once, for every driver. */
export function describeServices(name: string, backend: ConformanceBackend): void {
  describe(`services on ${name}`, () => {
    const situation = situationOn(backend)
    describe('records', () => records(situation))
    describe('tokens', () => tokens(situation))
    describe('webhooks', () => webhooks(situation))
    for (const [way, open] of Object.entries(ways)) describe(`their life, led through the ${way}`, () => scenario(situation, open))
  })
}

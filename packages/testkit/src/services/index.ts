import { describe } from '@jest/globals'

import type { ConformanceBackend } from '../conformance/backend.js'
import { situationOn } from '../conformance/scene.js'
import { records } from './records.js'
import { scenario } from './scenario.js'
import { terminal } from './terminal-way.js'
import { library } from './way.js'

const ways = { library, terminal }

/** Registers the suite of services once, for every driver. */
export function describeServices(name: string, backend: ConformanceBackend): void {
  describe(`services on ${name}`, () => {
    const situation = situationOn(backend)
    describe('records', () => records(situation))
    for (const [way, open] of Object.entries(ways)) describe(`their life, led through the ${way}`, () => scenario(situation, open))
  })
}

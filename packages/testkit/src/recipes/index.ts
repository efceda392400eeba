import { describe } from '@jest/globals'

import type { ConformanceBackend } from '../conformance/backend.js'
import { situationOn } from '../conformance/scene.js'
import { leaders } from './leaders.js'
import { lockLosses } from './lock-losses.js'
import { lifecycle } from './lifecycle.js'
import { locks } from './locks.js'
import { partitions } from './partitions.js'

const chapters = { locks, 'lost locks': lockLosses, leaders, partitions, lifecycle }

/** Registers the suite of what is built on the contract once, for every driver. */
export function describeRecipes(name: string, backend: ConformanceBackend): void {
  describe(`the recipes on ${name}`, () => {
    for (const [title, chapter] of Object.entries(chapters)) {
      describe(title, () => {
        chapter(situationOn(backend))
      })
    }
  })
}

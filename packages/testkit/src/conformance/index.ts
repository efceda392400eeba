import { describe } from '@jest/globals'

import { absence } from './absence.js'
import type { ConformanceBackend } from './backend.js'
import { commits } from './commits.js'
import { ephemerals } from './ephemerals.js'
import { gone } from './gone.js'
import { groups } from './groups.js'
import { history } from './history.js'
import { keys } from './keys.js'
import { leases } from './leases.js'
import { lifecycle } from './lifecycle.js'
import { outages } from './outages.js'
import { situationOn } from './scene.js'
import { sequences } from './sequences.js'
import { snapshots } from './snapshots.js'
import { versions } from './versions.js'
import { watches } from './watches.js'

const chapters = { commits, sequences, versions, groups, absence, snapshots, watches, history, gone, ephemerals, leases, outages, keys, lifecycle }

/** Registers the whole suite of the driver contract; every driver passes all of it. */
export function describeContract(name: string, backend: ConformanceBackend): void {
  describe(`the contract on ${name}`, () => {
    for (const [title, chapter] of Object.entries(chapters)) {
      describe(title, () => {
        chapter(situationOn(backend))
      })
    }
  })
}

import { describe } from '@jest/globals'

import type { ConformanceBackend } from '../conformance/backend.js'
import { situationOn } from '../conformance/scene.js'
import { histories, inSqlite } from './situations.js'
import type { MakeDatabase } from './situations.js'

/** Registers the suite of histories once, for every driver and every database. */
export function describeHistories(name: string, backend: ConformanceBackend, makeDatabase: MakeDatabase = inSqlite): void {
  describe(`the history of a store on ${name}`, () => histories(situationOn(backend), makeDatabase))
}

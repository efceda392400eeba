import { describe } from '@jest/globals'

import type { ConformanceBackend } from '../conformance/backend.js'
import { situationOn } from '../conformance/scene.js'
import { histories } from './situations.js'

/** Registers the suite of histories once, for every driver. */
export function describeHistories(name: string, backend: ConformanceBackend): void {
  describe(`the history of a store on ${name}`, () => histories(situationOn(backend)))
}

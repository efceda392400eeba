import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe } from '@jest/globals'

import { situationsOfProvisioning } from './situations.test.support.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-provisioning-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('SQLite', () => situationsOfProvisioning(() => `sqlite:${join(folder, 'history.db')}`))

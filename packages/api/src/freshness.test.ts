import { describe, expect, test } from '@jest/globals'

import { trustIn } from './freshness.js'

const view = { synced: true, connection: { state: 'connected', epoch: 1 }, timeoutMs: 10_000, asOf: 50_000 } as const

describe('what may be told of a view', () => {
  test('all of it while connected, however long ago the last change was', () => {
    expect(trustIn(view, 900_000)).toEqual({ kind: 'current' })
  })

  test('nothing before the first sync, even while connected', () => {
    expect(trustIn({ ...view, synced: false, asOf: NaN }, 50_000)).toEqual({ kind: 'none', reason: 'it has not been read yet' })
  })

  test.each(['suspended', 'lost'] as const)('%s: as stale until the session timeout has passed, then nothing', (state) => {
    const unconnected = { ...view, connection: { state, epoch: 1, reason: 'the store is locked' } }
    expect(trustIn(unconnected, 50_001)).toEqual({ kind: 'stale', asOf: 50_000 })
    expect(trustIn(unconnected, 60_000)).toEqual({ kind: 'stale', asOf: 50_000 })
    expect(trustIn(unconnected, 60_001)).toEqual({ kind: 'none', reason: 'the store is locked' })
  })

  test('nothing when it was never known to be true, or is closed', () => {
    expect(trustIn({ ...view, connection: { state: 'suspended', epoch: 1 }, asOf: NaN }, 50_000)).toMatchObject({ kind: 'none' })
    expect(trustIn({ ...view, connection: { state: 'closed', epoch: 1 } }, 50_000)).toEqual({ kind: 'none', reason: 'the connection is closed' })
  })
})

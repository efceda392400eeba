import { expect, test } from '@jest/globals'
import fc from 'fast-check'

import { bar, shares } from './bar.js'

test.each([
  [{ completed: 0, failed: 0, total: 1000 }, { done: 0, failed: 0, open: 10 }],
  [{ completed: 1, failed: 0, total: 1000 }, { done: 1, failed: 0, open: 9 }],
  [{ completed: 999, failed: 0, total: 1000 }, { done: 9, failed: 0, open: 1 }],
  [{ completed: 1000, failed: 0, total: 1000 }, { done: 10, failed: 0, open: 0 }],
  [{ completed: 999, failed: 1, total: 1000 }, { done: 9, failed: 1, open: 0 }],
  [{ completed: 500, failed: 1, total: 1000 }, { done: 5, failed: 1, open: 4 }],
  [{ completed: 1, failed: 999, total: 1000 }, { done: 1, failed: 9, open: 0 }],
  [{ completed: 0, failed: 5, total: 5 }, { done: 0, failed: 10, open: 0 }],
])('%j is %j of ten', (counts, expected) => {
  expect(shares(counts, 10)).toEqual(expected)
})

test('whatever was counted, a bar is as wide as it is to be', () => {
  const counts = fc.record({ completed: fc.nat(1000), failed: fc.nat(1000), more: fc.nat(1000) })
  fc.assert(
    fc.property(counts, fc.integer({ min: 3, max: 60 }), ({ completed, failed, more }, width) => {
      const parts = Object.values(shares({ completed, failed, total: Math.max(1, completed + failed + more) }, width))
      expect(Math.min(...parts)).toBeGreaterThanOrEqual(0)
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(width)
    }),
  )
})

test('each part is another sign, with glyphs and without', () => {
  const counts = { completed: 5, failed: 2, total: 10 }
  expect(bar(counts, 10, 'colour and glyph', (_, text) => text)).toBe('━━━━━╍╍───')
  expect(bar(counts, 10, 'plain', (_, text) => text)).toBe('#####xx---')
})

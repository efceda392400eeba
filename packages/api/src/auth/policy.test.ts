import { describe, expect, test } from '@jest/globals'

import { decide } from './policy.js'
import type { Caller } from './policy.js'

const needs = ['open', 'reader', 'operator', 'admin'] as const

/** What is said to each caller for `open reader operator admin`: y allowed, u unauthenticated, f forbidden. */
const table: readonly [role: Caller['role'], from: 'this host' | 'elsewhere', said: string][] = [
  [undefined, 'this host', 'y y u u'],
  [undefined, 'elsewhere', 'y u u u'],
  ['unknown', 'this host', 'y u u u'],
  ['unknown', 'elsewhere', 'y u u u'],
  ['reader', 'this host', 'y y f f'],
  ['reader', 'elsewhere', 'y y f f'],
  ['operator', 'this host', 'y y y f'],
  ['operator', 'elsewhere', 'y y y f'],
  ['admin', 'this host', 'y y y y'],
  ['admin', 'elsewhere', 'y y y y'],
]

describe('where tokens are needed', () => {
  test.each(table)('role %s from %s is told: %s', (role, from, said) => {
    const words = needs.map((required) => decide(required, { role, isLocal: from === 'this host' }, true).charAt(0).replace('a', 'y'))
    expect(words.join(' ')).toBe(said)
  })
})

test('where none are needed everybody may everything', () => {
  for (const [role, from] of table) for (const required of needs) expect(decide(required, { role, isLocal: from === 'this host' }, false)).toBe('allowed')
})

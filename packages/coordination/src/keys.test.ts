import { describe, expect, test } from '@jest/globals'

import { checkKey, decodeKey, encodeKey } from './keys.js'

describe('keys', () => {
  test.each([
    ['ApiWorker worker(0)_controller-1_23161', 'ApiWorker worker(0)_controller-1_23161'],
    ['a/b', 'a%2Fb'],
    ['50%', '50%25'],
    ['"quoted"\n', '%22quoted%22%0A'],
    ['🐝', '%F0%9F%90%9D'],
    ['leader', '%6Ceader'],
    ['locks', '%6Cocks'],
    ['.', '%2E'],
    ['..', '%2E.'],
    ['leaders', 'leaders'],
  ])('%j is stored as %s and read back', (text, key) => {
    expect(encodeKey(text)).toBe(key)
    expect(() => checkKey(key)).not.toThrow()
    expect(decodeKey(key)).toBe(text)
  })

  test('a long text is cut to an allowed key that only this text has', () => {
    const [one, other] = [encodeKey('🐝'.repeat(2000)), encodeKey(`${'🐝'.repeat(1999)}x`)]
    expect(one).toHaveLength(200)
    expect(() => checkKey(one)).not.toThrow()
    expect(one).not.toBe(other)
    expect(decodeKey(one)).toBe(one)
  })

  test.each(['', '.', '..', 'leader', 'locks', 'a/b', 'é', 'a\n', 'x'.repeat(201)])('%j is refused as a key', (key) => {
    expect(() => checkKey(key)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })

  test.each(['100%', '%zz', '%2f', '%41'])('the foreign key %j comes back as it is', (key) => {
    expect(decodeKey(key)).toBe(key)
  })

  test('an empty name is refused', () => {
    expect(() => encodeKey('')).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })
})

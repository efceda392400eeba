import { expect, test } from '@jest/globals'

import { hashOf, hasHash, idOfText, makeTokenText } from './token-text.js'

test('a token has an id, 32 random bytes, and a hash that it alone has', () => {
  const made = Array.from({ length: 100 }, makeTokenText)
  for (const { id, text } of made) {
    expect(text).toMatch(/^svc_[a-z0-9]{10}_[\w-]{43}$/)
    expect(idOfText(text)).toBe(id)
    expect(hasHash(text, hashOf(text))).toBe(true)
  }
  expect(new Set(made.map(({ text }) => text.slice(15))).size).toBe(100)
})

test.each(['', 'notused', 'svc_abcdefghij', `svc_ABCDEFGHIJ_${'a'.repeat(43)}`, `svc_abcdefghij_${'a'.repeat(42)}`, `svc_abcdefghij_${'a'.repeat(43)}\n`, '__proto__'])('%j is no token', (text) => {
  expect(idOfText(text)).toBeUndefined()
  expect(hasHash(text, undefined)).toBe(false)
})

test('the hash of none is no hash', () => {
  expect(hasHash('anything', undefined)).toBe(false)
  expect(hasHash('anything', hashOf('another'))).toBe(false)
})

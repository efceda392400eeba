import { expect, test } from '@jest/globals'

import { decodeCapabilities, encodeCapabilities } from './capabilities.js'

test('capabilities are stored as ASCII and read back unchanged', () => {
  const capabilities = { name: 'Zürich 🐝', nested: { list: [1, null, 'é'] } }
  const data = encodeCapabilities(capabilities)
  expect([...data].every((byte) => byte < 128)).toBe(true)
  expect(decodeCapabilities(data)).toEqual(capabilities)
})

test.each(['', 'garbage', '[1]', '"text"', 'null', '{"a":'])('data %j of another program is no capabilities', (text) => {
  expect(decodeCapabilities(Buffer.from(text))).toBeUndefined()
})

test('bytes that are no UTF-8 are no capabilities', () => {
  expect(decodeCapabilities(Uint8Array.of(0xff, 0x00, 0xc4))).toBeUndefined()
})

import { describe, expect, test } from '@jest/globals'
import { encode } from '@msgpack/msgpack'

import { pack, unpack } from './zookeeper-packing.js'

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex')
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('what we write', () => {
  test.each([0, 1, 255, 256, 65_535, 65_536])('%d bytes are one msgpack bin, byte for byte as a msgpack library writes it', (length) => {
    const data = Uint8Array.from({ length }, (_, index) => index % 251)
    expect(Buffer.compare(pack(data), encode(data))).toBe(0)
    expect(Buffer.compare(unpack(pack(data)), data)).toBe(0)
  })
})

describe('what we write as an object', () => {
  test.each(['{}', '{"weight":1}', '{"a":"\\u00e9","b":[1.5,-3,null,true,{"c":{}}],"large":9007199254740991}'])('%s is the same in msgpack, and is read as it was', (json) => {
    const packed = pack(Buffer.from(json), 'object')
    expect(Buffer.compare(packed, encode(JSON.parse(json)))).toBe(0)
    expect(JSON.parse(text(unpack(packed)))).toEqual(JSON.parse(json))
  })

  test("a weight is, byte for byte, tooz's", () => {
    expect(Buffer.from(pack(Buffer.from('{"weight":5}'), 'object')).toString('hex')).toBe('81a677656967687405')
  })

  test('what msgpack cannot have is InvalidArgument', () => {
    const deep = `{"a":${'['.repeat(200)}${']'.repeat(200)}}`
    for (const json of [deep, 'no json']) expect(() => pack(Buffer.from(json), 'object')).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })
})

describe('what others write', () => {
  test.each([
    ['a msgpack str is its text', 'a27b7d', '{}'],
    ["tooz's dict is JSON", '81a6776569676874 05'.replace(' ', ''), '{"weight":5}'],
    ['bin within a dict is text', '81a161c40162', '{"a":"b"}'],
    ['nil is null', 'c0', 'null'],
    ['no msgpack at all is what it is', '7b2261223a317d', '{"a":1}'],
    ['a bin that ends too early is what it is', 'c40561', '\uFFFD\u0005a'],
    ['a dict with keys that no JSON has is what it is', '81c4016101', '\uFFFD\uFFFD\u0001a\u0001'],
    ['nothing is nothing', '', ''],
  ])('%s', (_name, node, data) => {
    expect(text(unpack(hex(node)))).toBe(data)
  })
})

import { expect, test } from '@jest/globals'
import fc from 'fast-check'

import { ProtocolError, Reader, Writer } from './codec.js'

type Value =
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'long'; readonly value: bigint }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'texts'; readonly value: string[] }

const text = fc.string({ unit: 'grapheme', maxLength: 200 })
const longs = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const values: fc.Arbitrary<Value> = fc.oneof(
  fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('int' as const), value: fc.integer() }),
  fc.record({ type: fc.constant('long' as const), value: longs }),
  fc.record({ type: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 3000 }) }),
  fc.record({ type: fc.constant('text' as const), value: text }),
  fc.record({ type: fc.constant('texts' as const), value: fc.array(text, { maxLength: 20 }) }),
)

function write(writer: Writer, { type, value }: Value): void {
  if (type === 'bool') writer.bool(value)
  else if (type === 'int') writer.int(value)
  else if (type === 'long') writer.long(value)
  else if (type === 'bytes') writer.bytes(value)
  else if (type === 'text') writer.text(value)
  else writer.texts(value)
}

function read(reader: Reader, type: Value['type']): Value['value'] {
  return type === 'bytes' ? new Uint8Array(reader.bytes()) : reader[type]()
}

test('what is written is read again, however it was taken out in between', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(values, fc.boolean()), { maxLength: 60 }), fc.integer({ min: 1, max: 100 }), (items, size) => {
      const writer = new Writer(size)
      const taken: Buffer[] = []
      for (const [value, isTaken] of items) {
        write(writer, value)
        if (isTaken) taken.push(writer.take())
      }
      const reader = new Reader().over(Buffer.concat([...taken, writer.take()]))
      for (const [{ type, value }] of items) expect(read(reader, type)).toEqual(value)
      expect(reader.left).toBe(0)
    }),
    { numRuns: 500 },
  )
})

test('what was taken out does not change when more is written', () => {
  const writer = new Writer(64)
  writer.text('first')
  const first = writer.take()
  for (let count = 0; count < 1000; count += 1) writer.text('later')
  expect(new Reader().over(first).text()).toBe('first')
})

test('what was taken back leaves no trace, and an int can be written over', () => {
  const writer = new Writer(8)
  writer.int(0)
  const kept = writer.length
  writer.text('taken back '.repeat(1000))
  writer.truncate(kept)
  writer.long(-5n)
  writer.intAt(8, 0)
  const reader = new Reader().over(writer.take())
  expect([reader.int(), reader.long(), reader.left]).toEqual([8, -5n, 0])
})

test('the room for something very large is given back', () => {
  const writer = new Writer()
  writer.bytes(Buffer.alloc(32 * 1024 * 1024))
  writer.truncate(0)
  writer.int(1)
  writer.take()
  writer.int(2)
  const taken = writer.take()
  expect([new Reader().over(taken).int(), taken.buffer.byteLength < 1024 * 1024]).toEqual([2, true])
})

test('a long below 2^53 is read as a number as well', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const writer = new Writer()
      writer.long(BigInt(value))
      expect(new Reader().over(writer.take()).safeLong()).toBe(value)
    }),
  )
})

test('bytes, texts and lists that are absent, told by a length of -1, are none', () => {
  const writer = new Writer()
  for (let count = 0; count < 3; count += 1) writer.int(-1)
  const reader = new Reader().over(writer.take())
  expect([reader.bytes().length, reader.text(), reader.texts()]).toEqual([0, '', []])
})

test('a frame is never read beyond its end, whatever it says of itself', () => {
  const types: Value['type'][] = ['bool', 'int', 'long', 'bytes', 'text', 'texts']
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.array(fc.constantFrom(...types), { minLength: 1, maxLength: 20 }), (frame, asked) => {
      const around = Buffer.concat([Buffer.alloc(50, 0x7f), frame, Buffer.alloc(5000, 0x41)])
      const reader = new Reader().over(around, 50, 50 + frame.length)
      try {
        for (const type of asked) {
          const value = read(reader, type)
          if (type === 'bytes') expect(Buffer.from(frame).includes(Buffer.from(value as Uint8Array))).toBe(true)
          expect(reader.left).toBeGreaterThanOrEqual(0)
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
      }
    }),
    { numRuns: 2000 },
  )
})

test('a list that says it is longer than its frame is refused before room is made for it', () => {
  const writer = new Writer()
  writer.int(0x7fff_ffff)
  writer.text('one')
  expect(() => new Reader().over(writer.take()).texts()).toThrow('not the ZooKeeper protocol: a list of 2147483647')
})

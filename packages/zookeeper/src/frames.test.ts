import { expect, test } from '@jest/globals'
import fc from 'fast-check'

import { FrameReader } from './frames.js'

/** What a FrameReader says, as text; oversize frames with their length and the first bytes of them. */
function listen(maxBytes: number): { frames: FrameReader; told: string[] } {
  const told: string[] = []
  const frames = new FrameReader(maxBytes, {
    onFrame: (frame) => told.push(frame.rest().toString('hex')),
    onOversize: (header, length) => told.push(`oversize ${length} ${header.rest().toString('hex')}`),
  })
  return { frames, told }
}

function framed(bodies: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    bodies.flatMap((body) => {
      const length = Buffer.alloc(4)
      length.writeInt32BE(body.length)
      return [length, body]
    }),
  )
}

/** Each piece lies where the one before it was, as what a socket receives does. */
function pushInPieces(frames: FrameReader, stream: Buffer, cuts: readonly number[]): void {
  const received = Buffer.alloc(stream.length)
  const places = [...new Set([0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length])].sort((one, other) => one - other)
  for (const [index, place] of places.entries()) {
    received.fill(0xff)
    frames.push(received, stream.copy(received, 0, place, places[index + 1] ?? stream.length))
  }
}

const bodies = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 12 })
const cuts = fc.array(fc.nat(1000), { maxLength: 40 })

test('whatever the pieces in which a stream comes, its frames are told whole and in order, those above the limit by their beginning', () => {
  fc.assert(
    fc.property(bodies, cuts, fc.integer({ min: 0, max: 70 }), (sent, where, maxBytes) => {
      const { frames, told } = listen(maxBytes)
      pushInPieces(frames, framed(sent), where)
      expect(told).toEqual(sent.map((body) => (body.length > maxBytes ? `oversize ${body.length} ${Buffer.from(body.subarray(0, 16)).toString('hex')}` : Buffer.from(body).toString('hex'))))
    }),
    { numRuns: 1000 },
  )
})

test('a frame of many pieces is put together once: ten megabytes in small pieces take no time to speak of', () => {
  const { frames, told } = listen(64 * 1024 * 1024)
  const stream = framed([Buffer.alloc(10 * 1024 * 1024, 'x'), Buffer.from('end')])
  const before = performance.now()
  for (let place = 0; place < stream.length; place += 1400) frames.push(stream.subarray(place, place + 1400))
  expect(performance.now() - before).toBeLessThan(2000) // with a copy for each piece it takes above 10 s
  expect(told.map(({ length }) => length / 2)).toEqual([10 * 1024 * 1024, 3])
})

test('a limit that is changed while a frame is told counts from the next one on, also within one piece', () => {
  const told: number[] = []
  const frames: FrameReader = new FrameReader(3, {
    onFrame: (frame) => {
      told.push(frame.left)
      frames.maxBytes = 5
    },
    onOversize: (_header, length) => told.push(-length),
  })
  frames.push(framed([Buffer.alloc(3), Buffer.alloc(5), Buffer.alloc(6)]))
  expect(told).toEqual([3, 5, -6])
})

test('a negative length is told as no ZooKeeper protocol, after the frames before it', () => {
  const { frames, told } = listen(100)
  expect(() => frames.push(Buffer.concat([framed([Buffer.from('a')]), Buffer.from('ffffffff', 'hex')]))).toThrow('not the ZooKeeper protocol: a frame of -1 bytes')
  expect(told).toEqual(['61'])
})

import { describe, expect, test } from '@jest/globals'
import type { Worker, WorkerChange, WorkerFilter } from '@muster/servicegroup'

import { worker } from '../hand-made-view.test.support.js'
import { ChangeRing } from './change-ring.js'
import { workerTopic } from './topic.js'

const named = (name: string): Worker => ({ ...worker, name, memberId: name })
const joined = (name: string): WorkerChange => ({ type: 'joined', worker: named(name) })
const ids = (bytes: Buffer): string[] => [...bytes.toString().matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '')

const topic = workerTopic({ workers: () => [] })

function filled(count: number, limits = { changes: 100, bytes: 1e6 }): ChangeRing<WorkerChange, WorkerFilter> {
  const ring = new ChangeRing(limits, (place) => `#${place}`, topic)
  for (let index = 1; index <= count; index += 1) ring.append(joined(`w${index}`))
  return ring
}

describe('the ring of changes', () => {
  test('gives what came after a place, once made', () => {
    const ring = filled(3)
    const { bytes, to } = ring.read(1, undefined)
    expect([ids(bytes), to]).toEqual([['#2', '#3'], 3])
    expect(ring.read(1, undefined).bytes).toBe(bytes)
    ring.append(joined('w4'))
    expect(ids(ring.read(1, undefined).bytes)).toEqual(['#2', '#3', '#4'])
    expect(bytes.toString()).toMatch(/^event: change\nid: #2\ndata: \{"type":"joined","worker":\{"name":"w2",.*\}\}\n\nevent/)
  })

  test('forgets the oldest: by number, and by size', () => {
    const byNumber = filled(5, { changes: 3, bytes: 1e6 })
    expect([0, 1, 2, 5, 6, -1, NaN].map((place) => byNumber.reaches(place))).toEqual([false, false, true, true, false, false, false])
    expect(ids(byNumber.read(2, undefined).bytes)).toEqual(['#3', '#4', '#5'])

    const size = filled(1).read(0, undefined).bytes.length
    const bySize = filled(5, { changes: 100, bytes: 2.5 * size })
    expect([2, 3].map((place) => bySize.reaches(place))).toEqual([false, true])
    const tooSmall = filled(5, { changes: 100, bytes: 10 })
    expect([4, 5].map((place) => tooSmall.reaches(place))).toEqual([false, true])
  })

  test('gives at most some 64 kB at once', () => {
    const ring = filled(1000, { changes: 1000, bytes: 1e9 })
    const seen: string[] = []
    for (let place = 0; place < ring.head;) {
      const { bytes, to } = ring.read(place, undefined)
      expect(bytes.length).toBeLessThan(70_000)
      seen.push(...ids(bytes))
      place = to
    }
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => `#${index + 1}`))
  })

  test('shows a filtered client what its workers do: also that one has come into the filter or left it', () => {
    const ring = new ChangeRing({ changes: 10, bytes: 1e6 }, (place) => `#${place}`, topic)
    ring.append(joined('a'))
    ring.append(joined('b'))
    ring.append({ type: 'updated', worker: named('b'), before: named('a'), rejoined: false })
    const seen = (name: string): string[] => [...ring.read(0, { name }).bytes.toString().matchAll(/^data: \{"type":"(\w+)"/gm)].map(([, type]) => type ?? '')
    expect([seen('a'), seen('b'), seen('c')]).toEqual([['joined', 'left'], ['joined', 'joined'], []])
    expect(ring.read(0, { name: 'c' })).toEqual({ bytes: Buffer.alloc(0), to: 3 })
  })
})

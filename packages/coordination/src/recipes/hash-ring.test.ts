import { describe, expect, test } from '@jest/globals'

import { HashRing } from './hash-ring.js'
import type { GetNodesOptions } from './hash-ring.js'

const weighted = (nodes: Readonly<Record<string, number>>, partitions?: number): HashRing => {
  const ring = new HashRing([], { partitions })
  for (const [node, weight] of Object.entries(nodes)) ring.addNode(node, weight)
  return ring
}

const numbers = Array.from({ length: 12 }, (_, index) => String(index))
const ownersOf = (ring: HashRing, data: readonly string[], options?: GetNodesOptions): string => data.map((each) => ring.getNodes(each, options).sort().join('+')).join(' ')

/** The answers are those of the real tooz, 3.1.0; the interop tests compare many more. */
describe('as tooz answers', () => {
  test('three nodes with 8 partitions each', () => {
    expect(ownersOf(new HashRing(['n1', 'n2', 'n3'], { partitions: 8 }), ['a', 'b', 'host1'])).toBe('n1 n2 n1')
  })

  test('weights, replicas and nodes that are ignored', () => {
    const ring = weighted({ n1: 1, n2: 2, n3: 5 })
    expect(ring.size).toBe(256)
    const objects = numbers.slice(0, 8).map((number) => `object-${number}`)
    expect(ownersOf(ring, objects)).toBe('n3 n3 n3 n3 n3 n3 n3 n2')
    expect(ring.getNodes('object-1', { replicas: 2 }).sort()).toEqual(['n2', 'n3'])
    expect(ring.getNodes('object-2', { replicas: 9 }).sort()).toEqual(['n1', 'n2', 'n3'])
    expect(ring.getNodes('object-3', { replicas: 2, ignoreNodes: ['n3'] }).sort()).toEqual(['n1', 'n2'])
    expect(ring.getNodes('object-4', { ignoreNodes: new Set(['n1', 'n3', 'none']) })).toEqual(['n2'])
    expect(ring.getNodes('object-5', { ignoreNodes: ['n1', 'n2', 'n3'] })).toEqual([])
    expect(ring.getNodes('object-6', { replicas: 0 })).toEqual([])
  })

  test('text is UTF-8, as node and as data, and bytes are what they are', () => {
    const ring = weighted({ größe: 1, 'worker 2_host': 3 }, 4)
    expect(ownersOf(ring, ['naïve', '', 'b', 'c'])).toBe('worker 2_host worker 2_host worker 2_host größe')
    expect(ring.getNodes(Buffer.from('c'))).toEqual(['größe'])
  })

  test('nodes that were removed', () => {
    const ring = weighted({ n1: 2, n2: 2, n3: 2, n4: 2 }, 16)
    ring.removeNode('n2')
    ring.removeNode('n4')
    expect(ring.size).toBe(64)
    expect(ownersOf(ring, numbers, { replicas: 2, ignoreNodes: ['n1'] })).toBe(numbers.map(() => 'n3').join(' '))
  })

  test('partitions that two nodes share belong to the one added last, and go with the first that goes', () => {
    const ring = new HashRing(['a', 'aa', 'b'])
    expect([ring.size, ring.hasTies]).toEqual([81, true])
    expect(ownersOf(ring, numbers)).toBe('a b b aa a b b b aa aa a b')
    expect(ownersOf(new HashRing(['aa', 'a', 'b']), numbers)).toBe('a b b aa a b b b aa a a b')
    ring.removeNode('a')
    expect([ring.size, ring.hasTies]).toEqual([49, true])
    expect(ownersOf(ring, numbers)).toBe('aa b b aa aa b b b aa aa aa b')
  })
})

describe('a ring', () => {
  test('without nodes has an owner for nothing', () => {
    expect(new HashRing().getNodes('a', { replicas: 3 })).toEqual([])
  })

  test('names the owner first, then who would have it without the owner', () => {
    const ring = new HashRing(['n1', 'n2', 'n3', 'n4'])
    for (const data of numbers) {
      const [first = '', second] = ring.getNodes(data, { replicas: 2 })
      expect(ring.getNodes(data)).toEqual([first])
      expect(ring.getNodes(data, { ignoreNodes: [first] })).toEqual([second])
    }
  })

  test('that a node left and another joined moves only what they had or get', () => {
    const ring = new HashRing(['n1', 'n2', 'n3', 'n4'])
    const data = Array.from({ length: 1000 }, (_, index) => `object ${index}`)
    const before = data.map((each) => ring.getNodes(each)[0])
    ring.removeNode('n2')
    ring.addNode('n5')
    const after = data.map((each) => ring.getNodes(each)[0])
    const moved = data.flatMap((_, index) => (before[index] === after[index] ? [] : [[before[index], after[index]]]))
    expect(moved.length).toBeGreaterThan(100)
    expect(moved.filter(([from, to]) => from !== 'n2' && to !== 'n5')).toEqual([])
  })

  test('is the same however its nodes came and went in between', () => {
    const ring = new HashRing(['n1', 'n2', 'n3'])
    for (let round = 0; round < 5; round += 1) {
      ring.removeNode('n2')
      ring.addNodes(['x', 'y'], 7)
      if (round % 2 === 0) ring.getNodes('asked in between')
      ring.removeNode('x')
      ring.removeNode('y')
      ring.addNode('n2')
    }
    expect([ring.size, ring.hasTies]).toEqual([96, false])
    expect(ownersOf(ring, numbers)).toBe(ownersOf(new HashRing(['n3', 'n2', 'n1']), numbers))
  })

  test('takes the new weight of a node, and a node of weight 0 gets nothing and hinders nobody', () => {
    const ring = new HashRing(['n1', 'n2'])
    ring.addNode('n2', 3)
    expect(ring.size).toBe(128)
    ring.addNode('n2', 0)
    expect([ring.size, ring.nodes.get('n2')]).toEqual([32, 0])
    expect(ring.getNodes('a', { replicas: 2 })).toEqual(['n1'])
    expect(ring.getNodes('a', { replicas: 2, ignoreNodes: ['n1'] })).toEqual([])
  })

  test('refuses to remove a node that is not there, and what it cannot count with', () => {
    const ring = new HashRing(['n1'])
    expect(() => ring.removeNode('n2')).toThrow(expect.objectContaining({ code: 'not_found' }))
    const invalid = expect.objectContaining({ code: 'invalid_argument' })
    for (const weight of [-1, 1.5, NaN, Infinity, 1025, 1e300]) expect(() => ring.addNode('n2', weight)).toThrow(invalid)
    for (const replicas of [-1, 1.5, NaN]) expect(() => ring.getNodes('a', { replicas })).toThrow(invalid)
    for (const partitions of [0, -1, 2.5, 32_769]) expect(() => new HashRing([], { partitions })).toThrow(invalid)
    expect([...ring.nodes]).toEqual([['n1', 1]])
  })
})

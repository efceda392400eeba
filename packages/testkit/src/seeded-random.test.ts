import { expect, test } from '@jest/globals'

import { seededRandom } from './seeded-random.js'

const draw = (seed: number): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: 1000 }, () => random.next())
}

test('a seed repeats its numbers and another seed gives others', () => {
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})

test('numbers spread over the whole range and stay in it', () => {
  const drawn = draw(2 ** 32 - 1)
  expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true)
  expect(new Set(drawn.map((number) => Math.floor(number * 10))).size).toBe(10)
  const random = seededRandom(1)
  expect(new Set(Array.from({ length: 200 }, () => random.below(3)))).toEqual(new Set([0, 1, 2]))
})

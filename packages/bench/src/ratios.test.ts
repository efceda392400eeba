import { expect, test } from '@jest/globals'

import { inTurn, quantile } from './ratios.js'

test('a quantile is found whatever the order, and is no number where nothing was measured', () => {
  const sample = [30, 10, 50, 20, 40]
  expect([0, 0.5, 0.7, 1].map((q) => quantile(sample, q))).toEqual([10, 30, 40, 50])
  expect(quantile([], 0.5)).toBeNaN()
})

test('a machine that is slow for a while does not change the ratio', () => {
  expect(inTurn([20, 200, 20], [10, 100, 10])).toEqual({ value: 2, spread: [2, 2] })
})

test('of three runs the spread is the lowest and the highest ratio', () => {
  expect(inTurn([10, 30, 20], [10, 10, 10])).toEqual({ value: 2, spread: [1, 3] })
})

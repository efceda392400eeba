import { expect, test } from '@jest/globals'
import fc from 'fast-check'

import { fitWidths } from './fit-widths.js'

test.each([
  ['a table that fits is left alone', [20, 5], [4, 4], 32, [20, 5]],
  ['the wide columns share what the narrow ones leave, the last one takes the rest', [5, 40, 50], [4, 4, 4], 42, [5, 13, 14]],
  ['a column that is wide, but narrower than its part, stays as it is', [12, 12, 90], [4, 4, 4], 52, [12, 12, 18]],
  ['no column becomes narrower than 8', [30, 30], [4, 4], 10, [8, 8]],
  ['or than its title', [30, 30], [10, 4], 10, [10, 8]],
  ['or wider than it was', [5, 6], [4, 4], 1, [5, 6]],
])('%s', (_, widths, titles, available, fitted) => {
  expect(fitWidths(widths, titles, available)).toEqual(fitted)
})

test('a table is as wide as asked or narrower, unless its columns cannot give way', () => {
  const column = fc.record({ title: fc.integer({ min: 1, max: 12 }), cell: fc.integer({ min: 0, max: 60 }) })
  fc.assert(
    fc.property(fc.array(column, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 200 }), (columns, available) => {
      const titles = columns.map(({ title }) => title)
      const fitted = fitWidths(columns.map(({ title, cell }) => Math.max(title, cell)), titles, available)
      const total = fitted.reduce((sum, width) => sum + width + 3, 1)
      if (total > available) expect(fitted.some((width, index) => width <= Math.max(8, titles[index] ?? 0))).toBe(true)
    }),
  )
})

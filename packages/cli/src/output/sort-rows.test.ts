import { expect, test } from '@jest/globals'

import type { Cell } from './cell.js'
import { sortRows } from './sort-rows.js'

function sorted(rows: readonly (readonly Cell[])[], by: readonly number[], descending = false) {
  const unsortable: number[] = []
  return { rows: sortRows(rows, { by, descending }, (column) => unsortable.push(column)), unsortable }
}

const column = (...cells: Cell[]): Cell[][] => cells.map((cell) => [cell])

test('numbers are sorted by value, text by code points, null comes last', () => {
  expect(sorted(column(10, null, 9, 100), [0]).rows).toEqual(column(9, 10, 100, null))
  expect(sorted(column('b', 'B', null, '\u{1F41D}', '\uff5e', ''), [0]).rows).toEqual(column('', 'B', 'b', '\uff5e', '\u{1F41D}', null))
})

test('descending, null comes first, and what is equal keeps its order', () => {
  const rows = [
    [1, 'first'],
    [null, 'second'],
    [1, 'third'],
    [2, 'fourth'],
  ]
  expect(sorted(rows, [0], true).rows.map(([, name]) => name)).toEqual(['second', 'fourth', 'first', 'third'])
})

test('the first column weighs most', () => {
  const rows = [
    ['b', 1],
    ['a', 2],
    ['b', 0],
    ['a', 1],
  ]
  expect(sorted(rows, [0, 1]).rows).toEqual([
    ['a', 1],
    ['a', 2],
    ['b', 0],
    ['b', 1],
  ])
})

test('a column whose values have no order is told and leaves the others to sort', () => {
  const rows = [
    [2, 'x', { a: '1' }],
    [1, 7, {}],
  ]
  expect(sorted(rows, [1, 0])).toEqual({ rows: rows.toReversed(), unsortable: [1] })
  expect(sorted(rows, [2])).toEqual({ rows, unsortable: [2] })
  expect(sorted(rows.slice(0, 1), [2]).unsortable).toEqual([])
})

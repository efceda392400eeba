import { expect, test } from '@jest/globals'

import { renderTable } from './table.js'

test('strings are aligned left and integers right, their titles with them', async () => {
  expect(
    await renderTable({
      titles: ['Group', 'Members'],
      rows: [
        ['vitrage', 11],
        ['a much longer group', 123_456_789],
      ],
    }),
  ).toBe(`+---------------------+-----------+
| Group               |   Members |
+---------------------+-----------+
| vitrage             |        11 |
| a much longer group | 123456789 |
+---------------------+-----------+
`)
})

test('wide characters and emoji line up with the border', async () => {
  expect(await renderTable({ titles: ['Name', 'Process Id'], rows: [['日本', 1], ['👩‍👩‍👧 family', 22], ['e\u0301', 3], ['plain', 4]] })).toBe(`+-----------+------------+
| Name      | Process Id |
+-----------+------------+
| 日本      |          1 |
| 👩‍👩‍👧 family |         22 |
| e\u0301         |          3 |
| plain     |          4 |
+-----------+------------+
`)
})

test('a cell with newlines or escape sequences stays on one line and harmless', async () => {
  expect(await renderTable({ titles: ['Name'], rows: [['two\nlines'], ['\u001b[31mred']] })).toBe(String.raw`+-------------+
| Name        |
+-------------+
| two\nlines  |
| \x1b[31mred |
+-------------+
`)
})

test('null is an empty cell', async () => {
  expect(await renderTable({ titles: ['Name', 'Process Id'], rows: [['a', null], ['b', 7]] })).toBe(`+------+------------+
| Name | Process Id |
+------+------------+
| a    |            |
| b    | 7          |
+------+------------+
`)
})

test('a table without rows is one blank line', async () => {
  expect(await renderTable({ titles: ['Name', 'Process Id'], rows: [] })).toBe('\n')
})

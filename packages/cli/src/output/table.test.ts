import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import stringWidth from 'string-width'

import { stateMarks } from './marks.js'
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

test('with printEmpty a table without rows has its titles', async () => {
  expect(await renderTable({ titles: ['Name', 'Process Id'], rows: [] }, { printEmpty: true })).toBe(`+------+------------+
| Name | Process Id |
+------+------------+
+------+------------+
`)
})

test('a table that is to fit wraps its wide cells and leaves the narrow ones', async () => {
  const table = { titles: ['Name', 'Process Id', 'Created At'], rows: [['EvaluatorWorker worker(0)', 23_153, '2019-02-10T11:07:15+00:00'], ['日本語日本語日本語', 7, null]] }
  expect(await renderTable(table, { fitTo: 46, none: 'None' })).toBe(`+---------------+------------+---------------+
| Name          | Process Id | Created At    |
+---------------+------------+---------------+
| EvaluatorWork |      23153 | 2019-02-      |
| er worker(0)  |            | 10T11:07:15+0 |
|               |            | 0:00          |
| 日本語日本語  |          7 | None          |
| 日本語        |            |               |
+---------------+------------+---------------+
`)
})

const marked = { titles: ['State', 'Name'], rows: [['up', 'up'], ['down', 'a'], ['lost', 'b']] }

test('marked values are coloured and have a glyph before the word; other values and columns are plain', async () => {
  expect(await renderTable(marked, { marks: [stateMarks], glyphs: true })).toBe(`+--------+------+
| State  | Name |
+--------+------+
| \u001b[32m● up\u001b[39m   | up   |
| \u001b[31m○ down\u001b[39m | a    |
| lost   | b    |
+--------+------+
`)
})

test('without glyphs there are coloured words', async () => {
  expect(await renderTable(marked, { marks: [stateMarks] })).toContain('| \u001b[32mup\u001b[39m    | up   |\n| \u001b[31mdown\u001b[39m  | a    |\n')
})

test('every line of a table is equally wide, whatever is in it and however narrow it is to be', async () => {
  const titles = ['Name', 'Process Id', 'A longer title']
  const text = fc.string({ unit: 'grapheme', maxLength: 40 })
  const cell = fc.oneof(text, fc.string({ unit: 'binary', maxLength: 20 }), fc.integer(), fc.constant(null), fc.dictionary(text, text, { maxKeys: 2 }), fc.constantFrom('up', '日本 語', '👩‍👩‍👧', 'a-b c--d'))
  const row = fc.tuple(cell, cell, cell)
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 5 }), fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }), fc.boolean(), async (rows, fitTo, glyphs) => {
      const lines = (await renderTable({ titles, rows }, { fitTo, glyphs, printEmpty: true, marks: [stateMarks] })).split('\n').slice(0, -1)
      expect(new Set(lines.map((line) => stringWidth(line))).size).toBe(1)
    }),
    { numRuns: 100 },
  )
})

import { expect, test } from '@jest/globals'

import type { Cell } from './cell.js'
import { renderYaml } from './yaml.js'

const yaml = (cell: Cell): string => renderYaml({ titles: ['K'], rows: [[cell]] })

test('rows are mappings with sorted keys', () => {
  const rows = [
    ['ApiWorker worker(0)', 23161, '2019-02-10T11:07:15+00:00'],
    ['b', null, ''],
  ]
  expect(renderYaml({ titles: ['Name', 'Process Id', 'Created At'], rows })).toBe(`- Created At: '2019-02-10T11:07:15+00:00'
  Name: ApiWorker worker(0)
  Process Id: 23161
- Created At: ''
  Name: b
  Process Id: null
`)
})

test('without rows it is an empty list', () => {
  expect(renderYaml({ titles: ['Name'], rows: [] })).toBe('[]\n')
})

test.each([
  ...['plain', 'two words', 'a:b', 'a#b', '-x', '=1', '.hidden', '0o7', '1.2.3', 'Yes!', 'x, [y] {z}', `it's`, 'a "b"'].map((text) => [text, text]),
  ...['', 'yes', 'Off', 'null', '~', '12', '012', '0x1f', '1_000', '1.5', '.5', '1:30', '-.inf', '.NaN', '2019-02-10', '<<', '='].map((text) => [text, `'${text}'`]),
  ...[' lead', 'trail ', '-', '- a', '---', '...x', '#a', 'a #b', 'a: b', 'a:', '[a', '{a', '*a', '&a', '!a', '|', '>', '%a', '@a', '`a', ',a', '"a'].map((text) => [text, `'${text}'`]),
  [`'quoted'`, `'''quoted'''`],
  ['é', '"\\xE9"'],
  ['日本', String.raw`"\u65E5\u672C"`],
  ['😀', String.raw`"\U0001F600"`],
  ['a\tb\u001b[31m\u0085\u2028"\\', String.raw`"a\tb\e[31m\N\L\"\\"`],
  ['two\nlines', `'two\n\n    lines'`],
  ['blank \nbefore', String.raw`"blank \nbefore"`],
])('%j is written as %s', (text, written) => {
  expect(yaml(text)).toBe(`- K: ${written}\n`)
})

test('long text is broken at blanks after column 80, and in double quotes with backslashes', () => {
  const long = 'word '.repeat(20)
  const first = 'word '.repeat(16).trim()
  expect(yaml(`${long}end`)).toBe(`- K: ${first}\n    word word word word end\n`)
  expect(yaml(`${long}it's: end`)).toBe(`- K: '${first}\n    word word word word it''s: end'\n`)
  expect(yaml(`${long}é`)).toBe(`- K: "${first}\\\n    \\ word word word word \\xE9"\n`)
  expect(yaml('x'.repeat(200))).toBe(`- K: ${'x'.repeat(200)}\n`)
})

test('labels are a mapping; a name that is empty, long or of several lines is written apart', () => {
  expect(yaml({ zone: 'z1', role: 'yes', '': 'x', [`k${'k'.repeat(127)}`]: 'y', 'a\nb': '' })).toBe(`- K:
    ? ''
    : x
    ? 'a

      b'
    : ''
    ? ${'k'.repeat(128)}
    : y
    role: 'yes'
    zone: z1
`)
  expect(yaml({})).toBe('- K: {}\n')
})

test('several words are a list, and true and false are no text', () => {
  expect(renderYaml({ titles: ['Zones', 'Available'], rows: [[['z1', 'yes'], true], [[], false]] })).toBe(`- Available: true
  Zones:
  - z1
  - 'yes'
- Available: false
  Zones: []
`)
})

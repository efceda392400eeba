import { expect, test } from '@jest/globals'

import { renderValues } from './value.js'

test('cells stand between spaces, null is None, and a row is one line without control characters', () => {
  const rows = [
    ['a b', 7, null, ''],
    ['two\nlines \u001b[2J', 0, { role: 'a' }, 'é'],
  ]
  expect(renderValues({ titles: ['A', 'B', 'C', 'D'], rows })).toBe(String.raw`a b 7 None ` + '\n' + String.raw`two\nlines \x1b[2J 0 role=a é` + '\n')
})

test('without rows there is nothing', () => {
  expect(renderValues({ titles: ['A'], rows: [] })).toBe('')
})

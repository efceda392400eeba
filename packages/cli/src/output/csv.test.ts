import { expect, test } from '@jest/globals'

import { renderCsv } from './csv.js'
import type { QuoteMode } from './options.js'

const table = {
  titles: ['Name', 'Process Id'],
  rows: [
    [`a,b "q" it's`, 7],
    ['back\\slash\nline', null],
    ['=1+1', -1],
    ['', 0],
  ],
}

test.each<[QuoteMode, string]>([
  ['nonnumeric', `"Name","Process Id"\n"a,b ""q"" it's",7\n"back\\\\slash\nline",""\n"=1+1",-1\n"",0\n`],
  ['all', `"Name","Process Id"\n"a,b ""q"" it's","7"\n"back\\\\slash\nline",""\n"=1+1","-1"\n"","0"\n`],
  ['minimal', `Name,Process Id\n"a,b ""q"" it's",7\n"back\\\\slash\nline",\n=1+1,-1\n,0\n`],
  ['none', `Name,Process Id\na\\,b \\"q\\" it's,7\nback\\\\slash\\\nline,\n=1+1,-1\n,0\n`],
])('--quote %s is that of Python', (quote, csv) => {
  expect(renderCsv(table, { quote, safe: false })).toBe(csv)
})

test('a row of one empty cell is told from an empty line, where quotes may be', () => {
  const empty = { titles: ['Hostname'], rows: [[''], [null]] }
  expect(renderCsv(empty, { quote: 'minimal', safe: false })).toBe('Hostname\n""\n""\n')
  expect(renderCsv(empty, { quote: 'none', safe: false })).toBe('Hostname\n\n\n')
})

test('on a terminal control characters are shown, and a row is one line', () => {
  const harmful = { titles: ['Name'], rows: [['red \u001b[31m\nline'], [{ role: 'a\u0007', zone: 'b' }]] }
  expect(renderCsv(harmful, { quote: 'nonnumeric', safe: true })).toBe(String.raw`"Name"
"red \\x1b[31m\\nline"
"role=a\\x07, zone=b"
`)
})

test('without rows there are the titles alone', () => {
  expect(renderCsv({ titles: ['Name', 'Process Id'], rows: [] }, { quote: 'nonnumeric', safe: false })).toBe('"Name","Process Id"\n')
})

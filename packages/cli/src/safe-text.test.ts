import { expect, test } from '@jest/globals'

import { safeText } from './safe-text.js'

test.each([
  ['two\nlines\r\tand a tab', String.raw`two\nlines\r\tand a tab`],
  ['\u001b[2J\u001b]0;title\u0007', String.raw`\x1b[2J\x1b]0;title\x07`],
  ['a\u0000b\u007fc', String.raw`a\x00b\x7fc`],
  ['\u009b31m\u0085', String.raw`\x9b31m\x85`],
  ['user\u202egnp.exe\u2066x\u2069', String.raw`user\u202egnp.exe\u2066x\u2069`],
  ['\u200eleft\u200f\u061c', String.raw`\u200eleft\u200f\u061c`],
  ['line\u2028paragraph\u2029', String.raw`line\u2028paragraph\u2029`],
  ['half \ud83d of an emoji', String.raw`half \ud83d of an emoji`],
])('%j is shown as %s', (text, shown) => {
  expect(safeText(text)).toBe(shown)
})

test.each([`it's "quoted"`, String.raw`C:\new\table`, 'indexer 👩‍👩‍👧 日本 é', 'naïve worker(0)'])('%s is shown as it is', (text) => {
  expect(safeText(text)).toBe(text)
})

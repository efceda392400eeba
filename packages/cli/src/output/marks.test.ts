import { expect, test } from '@jest/globals'

import type { Marking } from './marks.js'
import { markingFor, stateMarks } from './marks.js'

const utf8 = { LANG: 'en_US.UTF-8', TERM: 'xterm' }

test.each<[Marking, string, Record<string, string>, number | undefined]>([
  ['colour and glyph', 'a terminal', utf8, 80],
  ['colour and glyph', 'a terminal that does not say its width', utf8, 0],
  ['plain', 'a pipe', utf8, undefined],
  ['plain', 'a dumb terminal', { ...utf8, TERM: 'dumb' }, 80],
  ['plain', 'NO_COLOR', { ...utf8, NO_COLOR: '1' }, 80],
  ['plain', 'NO_COLOR, whatever else asks for colours', { ...utf8, NO_COLOR: '1', FORCE_COLOR: '1', CLICOLOR_FORCE: '1' }, 80],
  ['colour and glyph', 'an empty NO_COLOR', { ...utf8, NO_COLOR: '' }, 80],
  ['plain', 'CLICOLOR=0', { ...utf8, CLICOLOR: '0' }, 80],
  ['plain', 'FORCE_COLOR=0', { ...utf8, FORCE_COLOR: '0', CLICOLOR_FORCE: '1' }, 80],
  ['colour and glyph', 'CLICOLOR_FORCE in a pipe', { ...utf8, CLICOLOR_FORCE: '1' }, undefined],
  ['plain', 'CLICOLOR_FORCE=0 in a pipe', { ...utf8, CLICOLOR_FORCE: '0' }, undefined],
  ['colour and glyph', 'FORCE_COLOR on a dumb terminal', { ...utf8, TERM: 'dumb', FORCE_COLOR: '1' }, 80],
  ['colour', 'a locale without UTF-8', { LANG: 'C', TERM: 'xterm' }, 80],
  ['colour', 'LC_ALL over LANG', { ...utf8, LC_ALL: 'POSIX' }, 80],
  ['colour and glyph', 'LC_CTYPE over LANG', { LANG: 'C', LC_CTYPE: 'C.utf8' }, 80],
  ['colour', 'no locale', {}, 80],
])('%s: %s', (marking, _, env, columns) => {
  expect(markingFor({ env, columns })).toBe(marking)
})

test('only states have marks, whatever a cell says', () => {
  expect(['up', 'up (lag 4.2s)', 'down'].map((text) => stateMarks(text)?.glyph)).toEqual(['●', '◐', '○'])
  expect(['toString', 'constructor', ''].map(stateMarks)).toEqual([undefined, undefined, undefined])
})

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import stringWidth from 'string-width'

import { wrapText } from './wrap-text.js'

const wrapped = (text: string, width: number): string[] => wrapText(text, width, stringWidth)

describe('as textwrap wraps', () => {
  test.each([
    ['at blanks, which go', 'the quick  brown fox', 10, ['the quick', 'brown fox']],
    ['blanks at the very start stay', '  indented text', 10, ['  indented', 'text']],
    ['after the hyphen of a compound word', 'one-two three-four', 8, ['one-two', 'three-', 'four']],
    ['not after one between digits, unless the word is too long', '2019-02-10 is-it', 10, ['2019-02-10', 'is-it']],
    ['a long word after its last hyphen that fits', '2019-02-10T11:07:15+00:00', 10, ['2019-02-', '10T11:07:1', '5+00:00']],
    ['before and after a dash', 'words--more words', 8, ['words--', 'more', 'words']],
    ['a long word fills the line that was begun', 'ab cdefghijklmnop', 8, ['ab cdefg', 'hijklmno', 'p']],
    ['an option keeps its hyphens', 'use --long-option', 8, ['use', '--long-', 'option']],
  ])('%s', (_, text, width, lines) => {
    expect(wrapped(text, width)).toEqual(lines)
  })
})

describe('counting what a terminal shows', () => {
  test.each([
    ['wide characters are two columns', '日本語日本語', 8, ['日本語日', '本語']],
    ['an odd column stays free rather than half a character', '日本語日本語', 9, ['日本語日', '本語']],
    ['a family of emoji is one character', 'aaaaaaa👩‍👩‍👧b', 8, ['aaaaaaa', '👩‍👩‍👧b']],
    ['a combining mark stays with its letter', 'aaaaaaae\u0301b', 8, ['aaaaaaae\u0301', 'b']],
  ])('%s', (_, text, width, lines) => {
    expect(wrapped(text, width)).toEqual(lines)
  })
})

test('no line is wider than asked, and nothing but blanks is lost, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 2, max: 20 }), (text, width) => {
      const oneLine = text.replaceAll(/\p{Cc}/gu, '?')
      const lines = wrapped(oneLine, width)
      expect(lines.filter((line) => stringWidth(line) > width)).toEqual([])
      expect(lines.join('').replaceAll(/\s/g, '')).toBe(oneLine.replaceAll(/\s/g, ''))
    }),
  )
})

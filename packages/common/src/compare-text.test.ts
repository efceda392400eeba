import { expect, test } from '@jest/globals'

import { compareText } from './compare-text.js'

test('texts are ordered by code points, also beyond the basic plane', () => {
  expect(['vitrageuWSGI', 'VitrageNotifier', '\u{1F41D}', '\uFF5E', '', 'a', 'ab'].sort(compareText)).toEqual(['', 'VitrageNotifier', 'a', 'ab', 'vitrageuWSGI', '\uFF5E', '\u{1F41D}'])
})

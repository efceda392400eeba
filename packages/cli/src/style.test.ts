import { expect, test } from '@jest/globals'

import { painter } from './style.js'

test('a terminal gets colours', () => {
  expect(painter({ env: {}, columns: 80 })('red', 'fail')).toBe('\u001b[31mfail\u001b[39m')
})

test.each([
  ['a pipe', {}, undefined],
  ['NO_COLOR', { NO_COLOR: '1' }, 80],
  ['a dumb terminal', { TERM: 'dumb' }, 80],
])('%s: plain text', (_, env, columns) => {
  expect(painter({ env, columns })('red', 'fail')).toBe('fail')
})

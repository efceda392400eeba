import { describe, expect, test } from '@jest/globals'

import { formatDuration, parseDuration } from './durations.js'

describe('durations', () => {
  test.each([
    ['250ms', 250],
    ['10s', 10_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['3d', 259_200_000],
    ['10', 10_000],
    ['0.5s', 500],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text, 'timeout')).toBe(ms)
  })

  test.each(['', 'soon', '10 minutes', '-1s', '1w'])('%j is refused with the forms that are allowed', (text) => {
    expect(() => parseDuration(text, 'timeout')).toThrow(expect.objectContaining({ code: 'invalid_argument', argument: 'timeout', hint: expect.stringContaining('250ms') }))
  })

  test.each([
    [-5, '0s'],
    [999, '0s'],
    [8000, '8s'],
    [725_000, '12m 5s'],
    [273_600_000, '3d 4h'],
  ])('%d ms is shown as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

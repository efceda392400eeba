import { expect, test } from '@jest/globals'

import type { Line } from './check.js'
import { exitStatusOf, formatJson, formatLine, formatSummary } from './report.js'

const line = (check: string, status: Line['status'], more: Partial<Line> = {}): Line => ({ check, status, found: `${check} found`, isMoot: false, ...more })
const pipe = { env: {}, columns: undefined }

test('lines are aligned; what to do stands under what was found', () => {
  expect(formatLine(line('tcp', 'ok'), pipe)).toBe('ok    tcp           tcp found\n')
  expect(formatLine(line('tcp', 'fail', { advice: 'try' }), pipe)).toBe('fail  tcp           tcp found\n                    -> try\n')
})

test('a terminal gets colours and lines of its width', () => {
  const text = formatLine(line('tcp', 'fail', { found: 'a sentence that is longer than the terminal' }), { env: {}, columns: 50 })
  expect(text).toBe('\u001b[31mfail\u001b[39m  tcp           a sentence that is longer than\n                    the terminal\n')
})

test('what a server says of itself cannot act on the terminal', () => {
  expect(formatLine(line('tcp', 'ok', { found: 'x\u001b[2J' }), pipe)).toContain(String.raw`x\x1b[2J`)
})

test('the summary counts, and names what was not looked at', () => {
  const lines = [line('a', 'ok'), line('b', 'fail'), line('c', 'skip', { found: 'no session', isMoot: true }), line('d', 'skip', { found: 'no session', isMoot: true })]
  expect(formatSummary(lines, pipe)).toBe('\n1 ok, 1 not in order, 2 skipped (no session: c, d)\n')
})

test.each([
  ['all in order', [line('a', 'ok'), line('b', 'warn'), line('c', 'skip')], 0],
  ['a failure', [line('a', 'fail')], 1],
  ['a backend that cannot be used', [line('a', 'fail', { unreachable: true }), line('b', 'fail')], 69],
])('%s: the exit status', (_, lines, status) => {
  expect(exitStatusOf(lines)).toBe(status)
  expect(JSON.parse(formatJson(lines))).toMatchObject({ exitStatus: status, checks: lines.map(({ check }) => ({ check, advice: null })) })
})

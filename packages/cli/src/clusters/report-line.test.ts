import { expect, test } from '@jest/globals'

import { readReportLine } from './report-line.js'

test.each([
  ['ok worker-001', { instance: 'worker-001' }],
  ['  ok\tworker-001 \r', { instance: 'worker-001' }],
  ['fail worker-002 no route to host', { instance: 'worker-002', reason: 'no route to host' }],
  ['fail worker-002', { instance: 'worker-002', reason: 'no reason was given' }],
  ['ok "worker 3"', { instance: 'worker 3' }],
  ['fail "worker \\"3\\"" it burns', { instance: 'worker "3"', reason: 'it burns' }],
  ['ok wörker-é', { instance: 'wörker-é' }],
])('%j is a report', (line, expected) => {
  expect(readReportLine(line)).toEqual({ reason: undefined, ...expected })
})

test.each(['', 'ok', 'fail', 'ok all is well', 'okay worker-001', 'OK worker-001', 'failed worker-001', 'fail: worker-001', 'ok "half', 'ok ""', 'ok "\\x"', 'it went ok worker-001'])('%j is none', (line) => {
  expect(readReportLine(line)).toBeUndefined()
})

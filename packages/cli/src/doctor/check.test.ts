import { BackendUnreachable, NotAllowed } from '@muster/common'
import { expect, test } from '@jest/globals'

import { ok, runChecks, unreachable, warn } from './check.js'
import type { Check, Finding, Line } from './check.js'

async function run(...checks: Check[]): Promise<Line[]> {
  const lines: Line[] = []
  for await (const line of runChecks(checks)) lines.push(line)
  return lines
}

const finds = (name: string, ...findings: Finding[]): Check => ({ name, look: () => Promise.resolve(findings) })

test('each finding is a line of its check, in order', async () => {
  const lines = await run(finds('a', ok('1'), warn('2', 'do')), finds('b', ok('3')))
  expect(lines.map(({ check, status, found, advice }) => [check, status, found, advice])).toEqual([['a', 'ok', '1', undefined], ['a', 'warn', '2', 'do'], ['b', 'ok', '3', undefined]])
})

test('behind what cannot be reached everything is skipped, with the reason', async () => {
  const lines = await run(finds('a', unreachable('silence')), finds('b', ok('never looked at')))
  expect(lines[1]).toMatchObject({ check: 'b', status: 'skip', found: 'it cannot be reached', isMoot: true })
})

test('a look that takes too long has failed, is told to stop, and does not hold up the next', async () => {
  let stopped = false
  const endless: Check = { name: 'a', limitMs: 20, look: (signal) => new Promise(() => signal.addEventListener('abort', () => (stopped = true))) }
  const lines = await run(endless, finds('b', ok('fine')))
  expect(lines.map(({ status, found }) => [status, found])).toEqual([['fail', 'no answer within 0.0 s'], ['ok', 'fine']])
  expect(stopped).toBe(true)
})

test.each([
  ['an error', new Error('broken'), { status: 'fail', found: 'broken' }],
  ['one of ours', new NotAllowed('no', { hint: 'ask' }), { status: 'fail', found: 'no', advice: 'ask' }],
  ['an unreachable backend', new BackendUnreachable('x', 'y'), { status: 'fail', found: 'Cannot reach x: y', unreachable: true }],
])('a look that throws %s has failed', async (_, error, finding) => {
  expect(await run({ name: 'a', look: () => Promise.reject(error) })).toEqual([expect.objectContaining(finding)])
})

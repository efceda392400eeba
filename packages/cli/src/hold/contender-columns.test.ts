import type { LockContender } from '@muster/coordination'
import { expect, test } from '@jest/globals'

import { CapturedIo } from '../captured-io.test.support.js'
import { lockColumns } from '../commands/locks.js'
import { listPrinter } from '../output/list-printer.js'
import type { OutputArguments } from '../output/options.js'
import { describeHolders } from './contender-columns.js'

const since = Date.parse('2026-11-21T02:40:00Z')
const now = since + 182_000
const contender = (memberId: string, more: Partial<LockContender> = {}): LockContender => ({ lock: 'disk', memberId, kind: 'exclusive', isHolder: true, since, fencingToken: 42n, ...more })
const line = [contender('report_h1_4711_1f2e3d4c'), contender('python\u001b[2J', { lock: 'tape', isHolder: false, kind: 'shared', since: now + 5000, fencingToken: 18_446_744_073_709_551_615n })]

async function print(args: Partial<OutputArguments>, io = new CapturedIo()): Promise<string> {
  await listPrinter(lockColumns, { format: 'table', quote: 'nonnumeric', ...args }, io)(line, now)
  return io.stdout
}

test('a table of locks: one who holds and one who waits, foreign ids without host and pid, a time ahead of this clock counts as now', async () => {
  expect(await print({})).toBe(String.raw`+------+---------+-----------+--------------------------+-------+----------+------------+-------------------------+----------------------+
| Lock | State   | Kind      | Since                    | Age   | Hostname | Process Id | Member Id               | Fencing Token        |
+------+---------+-----------+--------------------------+-------+----------+------------+-------------------------+----------------------+
| disk | held    | exclusive | 2026-11-21T02:40:00.000Z | 3m 2s | h1       |       4711 | report_h1_4711_1f2e3d4c | 42                   |
| tape | waiting | shared    | 2026-11-21T02:43:07.000Z | 0s    |          |            | python\x1b[2J           | 18446744073709551615 |
+------+---------+-----------+--------------------------+-------+----------+------------+-------------------------+----------------------+
`)
})

test('in json the titles are the keys, and a token is text that no number of JSON would hold', async () => {
  expect(JSON.parse(await print({ format: 'json' }))).toEqual([
    { 'Lock': 'disk', 'State': 'held', 'Kind': 'exclusive', 'Since': '2026-11-21T02:40:00.000Z', 'Age': '3m 2s', 'Hostname': 'h1', 'Process Id': 4711, 'Member Id': 'report_h1_4711_1f2e3d4c', 'Fencing Token': '42' },
    { 'Lock': 'tape', 'State': 'waiting', 'Kind': 'shared', 'Since': '2026-11-21T02:43:07.000Z', 'Age': '0s', 'Hostname': null, 'Process Id': null, 'Member Id': 'python\u001b[2J', 'Fencing Token': '18446744073709551615' },
  ])
})

test.each([
  ['csv', '"Lock","State","Process Id","Fencing Token"\n"disk","held",4711,"42"\n"tape","waiting","","18446744073709551615"\n'],
  ['yaml', "- Fencing Token: '42'\n  Lock: disk\n  Process Id: 4711\n  State: held\n- Fencing Token: '18446744073709551615'\n  Lock: tape\n  Process Id: null\n  State: waiting\n"],
  ['value', 'disk held 4711 42\ntape waiting None 18446744073709551615\n'],
] as const)('and in %s', async (format, expected) => {
  expect((await print({ format, column: ['lock', 'state', 'process_id', 'fencing token'] })).replaceAll('\r\n', '\n')).toBe(expected)
})

test('on a terminal the state has a mark', async () => {
  expect(await print({ column: ['state'] }, new CapturedIo({ LANG: 'C.UTF-8' }, 80))).toMatch(/● held.*\n.*◐ waiting/)
})

test.each([
  ['nobody', [], undefined],
  ['only one who waits', [contender('a', { isHolder: false })], undefined],
  ['one', [contender('report_h1_4711_1f2e3d4c')], 'held by report_h1_4711_1f2e3d4c (pid 4711 on h1), since 2026-11-21T02:40:00.000Z (3m 2s)'],
  ['a foreign one', [contender('python')], 'held by python, since 2026-11-21T02:40:00.000Z (3m 2s)'],
  ['several who share', ['a', 'b', 'c'].map((id) => contender(id, { kind: 'shared' })), 'shared by a, since 2026-11-21T02:40:00.000Z (3m 2s) and 2 more'],
  ['one who shares and one who wants it alone', [contender('a', { kind: 'shared' }), contender('b', { isHolder: false })], 'shared by a, since 2026-11-21T02:40:00.000Z (3m 2s); b waits to have it alone'],
])('who holds, in a sentence: %s', (_, contenders, sentence) => {
  expect(describeHolders(contenders, now)).toBe(sentence)
})

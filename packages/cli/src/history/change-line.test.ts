import { expect, test } from '@jest/globals'
import type { Change } from '@muster/notifications'

import { changeLine } from './follow-changes.js'
import { isNarrow } from './change-columns.js'
import { describeChange } from './what.js'

const service = { uuid: 'u', type: 'nova-compute', host: 'host1', topic: 'compute', region: null, zone: null, status: 'enabled', state: 'up', effective: 'up', disabledReason: null, forcedDown: false, maintenance: null, version: 0, reportCount: 1, lastSeenUp: null } as const
const change: Change = {
  seq: 12, id: 'i', at: '2026-11-28T12:00:00.000Z', kind: 'service.updated', type: 'nova-compute', host: 'host1', uuid: 'u', group: null, memberId: null, cause: 'admin', actor: 'ann', source: null, reason: 'new disks',
  massLoss: false, before: service, after: { ...service, status: 'disabled', effective: 'down', disabledReason: 'new disks', reportCount: 2 }, gap: null,
}

test.each<[string, Partial<Change>, string]>([
  ['a decision names who and why', {}, 'status enabled -> disabled (admin, by ann: "new disks")'],
  ['a reason that is not the change\'s own is told', { reason: null }, 'status enabled -> disabled, disabled reason none -> new disks (admin, by ann)'],
  ['a worker that comes is not named as the one who did it', { cause: 'session_lost', actor: 'api_h1_1_0f', reason: null, massLoss: true, after: { ...service, state: 'down', effective: 'down' } }, 'state up -> down (session_lost, mass loss)'],
  ['what alone is counted is told where there is nothing else', { cause: 'join', actor: null, reason: null, after: { ...service, reportCount: 2 } }, 'report count 1 -> 2 (join)'],
  ['a deletion says what it was', { kind: 'service.deleted', after: null, reason: null }, 'deleted: was enabled, up (admin, by ann)'],
  ['a gap says how many', { kind: 'gap', before: null, after: null, gap: { from: 4, to: 6, count: 3 }, cause: 'unknown', actor: null, reason: null }, '3 changes are missing (unknown)'],
])('%s', (_, of, words) => {
  expect(describeChange({ ...change, ...of })).toBe(words)
})

test('a line is one where it fits, else its words stand below, and no terminal is acted on', async () => {
  const narrow = { env: { NO_COLOR: '1' }, columns: 60 }
  expect(await changeLine({ ...change, reason: 'a\u001b[31mb' }, { env: {}, columns: undefined })).toMatch(/^ {2}12 {2}\d\d:\d\d:\d\d {2}nova-compute@host1 {6}status enabled -> disabled, disabled reason none -> new disks \(admin, by ann: "a\\x1b\[31mb"\)$/)
  const lines = (await changeLine({ ...change, reason: 'disks are in, thanks to the night shift of the east' }, narrow)).split('\n')
  expect(lines.length).toBeGreaterThan(2)
  expect(lines.every((line) => line.length <= 60)).toBe(true)
  expect(lines.slice(1).every((line) => line.startsWith('      '))).toBe(true)
  expect(await changeLine(change, { env: { FORCE_COLOR: '1' }, columns: 200 })).not.toContain('\u001b[') // neither up nor down
})

test('only a table on a terminal without room, of which no column was asked for, is narrow', () => {
  expect(isNarrow({ format: 'table' }, { columns: 80 })).toBe(true)
  for (const [format, columns, column] of [['table', undefined], ['table', 0], ['table', 200], ['json', 80], ['table', 80, ['seq']]] as const) expect(isNarrow({ format, column }, { columns })).toBe(false)
})

import { expect, test } from '@jest/globals'
import type { Worker } from '@muster/servicegroup'

import { CapturedIo } from '../captured-io.test.support.js'
import { workerColumns } from '../commands/list.js'
import { LiveList } from './live-list.js'
import { LivePage } from './live-page.js'
import { workerSubject } from './worker-subject.js'

const subject = workerSubject({})
const worker = (name: string): Worker => ({ name, hostname: 'h', process: 1, created: '2026-11-28T04:00:00+00:00', group: 'g', type: name, state: 'up', region: null, zone: null, version: null, labels: {}, memberId: name, incarnation: 1, uuid: null })
const now = new Date('2026-11-28T04:00:05Z')

function page(names: readonly string[], { columns = 100, lines = 24, env = {} }: { columns?: number; lines?: number; env?: Record<string, string> } = {}) {
  const io = new CapturedIo({ TERM: 'xterm', LANG: 'C.UTF-8', ...env }, columns)
  io.lines = lines
  const list = new LiveList(subject)
  list.begin(names.map((name) => ({ type: 'joined', worker: worker(name) })))
  return { io, list, page: new LivePage(subject, workerColumns, { format: 'table', quote: 'all' }, io, ' in group g') }
}

test('before the first list the page says that there is none yet, never that there are no workers', async () => {
  const { page: empty } = page([])
  empty.connection = { state: 'suspended', reason: 'zk1:2181 does not answer' }
  const lines = await empty.lines(new LiveList(subject), now)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/○ not connected since \d\d:\d\d:\d\d, trying again \(zk1:2181 does not answer\); no list yet then/)
})

test('the page is the count, the table, and the latest changes with what came in green and what went in red', async () => {
  const { page: live, list } = page(['a', 'b'])
  const changes = [{ type: 'left', before: worker('a') } as const, { type: 'joined', worker: worker('c') } as const]
  list.apply(changes, now.getTime())
  live.note(changes, now)
  const lines = await live.lines(list, now)
  expect(lines[0]).toMatch(/● 2 workers in group g, \d\d:\d\d:05/)
  expect(lines.find((line) => line.includes('| a '))).toMatch(/^\u001b\[31m\| - \| a .*\| gone .*\u001b\[39m$/)
  expect(lines.find((line) => line.includes('| b '))).toMatch(/^\| {3}\| b .*\u001b\[32m● up\u001b\[39m/)
  expect(lines.find((line) => line.includes('| c '))).toMatch(/^\u001b\[32m\| \+ \| c .*\u001b\[39m$/)
  expect(lines.slice(-2).map((line) => line.slice(8, 20))).toEqual(['  left     a', '  joined   c'])
  expect(lines.join()).not.toContain('Created At')
})

test('without colours the signs alone tell what came and went', async () => {
  const { page: live, list } = page(['a'], { env: { NO_COLOR: '1' } })
  list.apply([{ type: 'left', before: worker('a') }], now.getTime())
  const lines = await live.lines(list, now)
  expect(lines.join('')).not.toContain('\u001b')
  expect(lines).toContainEqual(expect.stringMatching(/^\| - \| a .*\| gone/))
})

test.each([
  [5, 40],
  [12, 40],
  [24, 100],
  [60, 200],
])('a page of %d lines and %d columns has no more lines than the terminal, and says how many rows it leaves out', async (lines, columns) => {
  const names = Array.from({ length: 2000 }, (_, index) => `a rather long name of a worker, number ${String(index).padStart(4, '0')}`)
  const { page: live, list } = page(names, { lines, columns })
  const shown = await live.lines(list, now)
  expect(shown.length).toBeLessThanOrEqual(lines)
  const rows = shown.filter((line) => / {2}\| a rather|\| {3}\| a /.test(line)).length
  const more = shown.find((line) => line.includes(' more: '))
  if (lines > 5) expect(more).toBe(`${(2000 - rows).toLocaleString('en')} more: --group, --name, --hostname or --type show fewer`)
})

test('a terminal that becomes another size gets a page of that size', async () => {
  const { io, page: live, list } = page(Array.from({ length: 30 }, (_, index) => `w${index}`))
  expect(await live.lines(list, now)).toHaveLength(24)
  io.resize(100, 50)
  expect(await live.lines(list, now)).toHaveLength(35)
})

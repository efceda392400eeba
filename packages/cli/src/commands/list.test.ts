import { expect, test } from '@jest/globals'
import type { Group, Worker, WorkerFilter, WorkerReader } from '@muster/servicegroup'

import { CapturedIo } from '../captured-io.test.support.js'
import { listPrinter } from '../output/list-printer.js'
import type { OutputArguments } from '../output/options.js'
import { groupColumns, showGroups } from './groups.js'
import { classicColumns, showWorkers, workerColumns } from './list.js'

function worker(name: string, process: number | null, created: string | null, more: Partial<Worker> = {}): Worker {
  const hostname = process === null ? null : 'controller-1'
  const absent = { region: null, zone: null, version: null, labels: {}, incarnation: 1, uuid: null }
  return { name, hostname, process, created, group: 'vitrage', type: name, state: 'up', ...absent, memberId: name, ...more }
}

/** The eleven workers of Vitrage's specification, as a reader sorts them. */
const eleven = [
  worker('ApiWorker worker(0)', 23161, '2019-02-10T11:07:15+00:00'),
  worker('EvaluatorWorker worker(0)', 23153, '2019-02-10T11:07:15+00:00'),
  worker('EvaluatorWorker worker(1)', 23155, '2019-02-10T11:07:15+00:00'),
  worker('EvaluatorWorker worker(2)', 23157, '2019-02-10T11:07:15+00:00'),
  worker('EvaluatorWorker worker(3)', 23158, '2019-02-10T11:07:15+00:00'),
  worker('MachineLearningService worker(0)', 23366, '2019-02-10T11:07:33+00:00'),
  worker('PersistorService worker(0)', 23475, '2019-02-10T11:07:35+00:00'),
  worker('SnmpParsingService worker(0)', 23164, '2019-02-10T11:07:15+00:00'),
  worker('VitrageNotifierService worker(0)', 23352, '2019-02-10T11:07:32+00:00'),
  worker('vitrageuWSGI worker 1', 25698, '2019-02-10T11:14:30+00:00'),
  worker('vitrageuWSGI worker 2', 25699, '2019-02-10T11:14:30+00:00'),
]

class FixedReader implements WorkerReader {
  filter: WorkerFilter | undefined

  constructor(
    readonly list: readonly Worker[],
    readonly existing: readonly Group[] = [],
  ) {}

  workers(filter?: WorkerFilter) {
    this.filter = filter
    return Promise.resolve(this.list)
  }

  groups() {
    return Promise.resolve(this.existing)
  }

  watchWorkers(): AsyncIterable<never> {
    throw new Error('svc list does not watch')
  }

  close() {
    return Promise.resolve()
  }
}

const groupNamed = (group: string): Group => ({ group, members: 2, createdAt: '2026-11-21T02:40:00.000Z' })

interface ListOptions extends Partial<OutputArguments>, WorkerFilterOptions {
  readonly classic?: boolean
}

type WorkerFilterOptions = Parameters<typeof showWorkers>[1]

async function list(reader: WorkerReader, { classic: stock = false, ...options }: ListOptions = {}, io = new CapturedIo()) {
  const args = { format: 'table', quote: 'nonnumeric', ...options } as const
  const print = listPrinter(stock ? classicColumns : workerColumns, args, io, { stock })
  await showWorkers(reader, options, (workers) => print(workers, Date.parse('2019-02-13T15:07:15Z')), io)
  return { stdout: io.stdout, stderr: io.stderr }
}

test('--classic prints the eleven workers byte for byte as the stock vitrage service list', async () => {
  expect(await list(new FixedReader(eleven), { classic: true })).toEqual({
    stdout: `+----------------------------------+------------+--------------+---------------------------+
| Name                             | Process Id | Hostname     | Created At                |
+----------------------------------+------------+--------------+---------------------------+
| ApiWorker worker(0)              |      23161 | controller-1 | 2019-02-10T11:07:15+00:00 |
| EvaluatorWorker worker(0)        |      23153 | controller-1 | 2019-02-10T11:07:15+00:00 |
| EvaluatorWorker worker(1)        |      23155 | controller-1 | 2019-02-10T11:07:15+00:00 |
| EvaluatorWorker worker(2)        |      23157 | controller-1 | 2019-02-10T11:07:15+00:00 |
| EvaluatorWorker worker(3)        |      23158 | controller-1 | 2019-02-10T11:07:15+00:00 |
| MachineLearningService worker(0) |      23366 | controller-1 | 2019-02-10T11:07:33+00:00 |
| PersistorService worker(0)       |      23475 | controller-1 | 2019-02-10T11:07:35+00:00 |
| SnmpParsingService worker(0)     |      23164 | controller-1 | 2019-02-10T11:07:15+00:00 |
| VitrageNotifierService worker(0) |      23352 | controller-1 | 2019-02-10T11:07:32+00:00 |
| vitrageuWSGI worker 1            |      25698 | controller-1 | 2019-02-10T11:14:30+00:00 |
| vitrageuWSGI worker 2            |      25699 | controller-1 | 2019-02-10T11:14:30+00:00 |
+----------------------------------+------------+--------------+---------------------------+
`,
    stderr: '',
  })
})

test('the usual list adds group, state and uptime; a creation time ahead of this clock counts as now', async () => {
  const reader = new FixedReader([worker('a', 1, '2019-02-10T11:07:15+00:00'), worker('b', 22, '2019-02-14T00:00:00+00:00')])
  expect((await list(reader)).stdout).toBe(`+------+------------+--------------+---------------------------+---------+-------+--------+
| Name | Process Id | Hostname     | Created At                | Group   | State | Uptime |
+------+------------+--------------+---------------------------+---------+-------+--------+
| a    |          1 | controller-1 | 2019-02-10T11:07:15+00:00 | vitrage | up    | 3d 4h  |
| b    |         22 | controller-1 | 2019-02-14T00:00:00+00:00 | vitrage | up    | 0s     |
+------+------------+--------------+---------------------------+---------+-------+--------+
`)
})

test('a worker whose event loop is blocked for seconds says so in its state; for programs it is up as before', async () => {
  const reader = new FixedReader([worker('a', 1, null, { lagMs: 4200 }), worker('b', 2, null)])
  expect((await list(reader)).stdout).toMatch(/ up \(lag 4\.2s\) .*\n.* up +\|/)
  expect(JSON.parse((await list(reader, { format: 'json' })).stdout)).toMatchObject([{ State: 'up' }, { State: 'up' }])
})

test('-f json is a list of objects keyed by the titles, with numbers as numbers and null for what is absent', async () => {
  const { stdout } = await list(new FixedReader([worker('a', 1, '2019-02-10T11:07:15+00:00'), worker('foreign', null, null)]), { format: 'json' })
  expect(stdout).toBe(`[
  {
    "Name": "a",
    "Process Id": 1,
    "Hostname": "controller-1",
    "Created At": "2019-02-10T11:07:15+00:00",
    "Group": "vitrage",
    "State": "up",
    "Uptime": "3d 4h"
  },
  {
    "Name": "foreign",
    "Process Id": null,
    "Hostname": null,
    "Created At": null,
    "Group": "vitrage",
    "State": "up",
    "Uptime": null
  }
]
`)
})

test('the filter goes to the reader as it was given', async () => {
  const reader = new FixedReader(eleven)
  await list(reader, { group: ['vitrage', 'default'], name: ['a'], hostname: ['h'], type: ['t'] })
  expect(reader.filter).toEqual({ group: ['vitrage', 'default'], name: ['a'], hostname: ['h'], type: ['t'] })
})

test.each([
  ['no workers at all', {}, 'no workers'],
  ['none that match', { name: ['x'] }, 'no matching workers'],
  ['an unknown group', { group: ['x'] }, `no workers in group 'x' (groups: default, vitrage)`],
  ['two unknown groups', { group: ['x', 'y'] }, `no workers in group 'x' or 'y' (groups: default, vitrage)`],
  ['none that match in a group', { group: ['vitrage'], type: ['x'] }, `no matching workers in group 'vitrage' (groups: default, vitrage)`],
])('%s: an empty list and a sentence on stderr', async (_, options, sentence) => {
  const reader = new FixedReader([], [groupNamed('default'), groupNamed('vitrage')])
  expect(await list(reader, options)).toEqual({ stdout: '\n', stderr: `svc: ${sentence}\n` })
  expect((await list(reader, { ...options, format: 'json' })).stdout).toBe('[]\n')
})

test('an unknown group beside a known one is told as well', async () => {
  const { stderr } = await list(new FixedReader(eleven, [groupNamed('vitrage')]), { group: ['vitrage', 'vitrgae'] })
  expect(stderr).toBe(`svc: no workers in group 'vitrgae' (groups: vitrage)\n`)
})

test('an unknown group where there are no groups', async () => {
  expect((await list(new FixedReader([]), { group: ['x'] })).stderr).toBe(`svc: no workers in group 'x' (there are no groups)\n`)
})

test('an empty list on a terminal names the groups there are', async () => {
  const groups = [groupNamed('default'), groupNamed('vitrage')]
  expect((await list(new FixedReader([], groups), {}, new CapturedIo({}, 80))).stderr).toBe('svc: no workers (groups: default, vitrage)\n')
  expect((await list(new FixedReader([], groups), { name: ['x'] }, new CapturedIo({}, 80))).stderr).toBe('svc: no matching workers (groups: default, vitrage)\n')
})

test('of many groups ten are named', async () => {
  const many = Array.from({ length: 12 }, (_, index) => groupNamed(`g${index}`))
  expect((await list(new FixedReader([], many), { group: ['x'] })).stderr).toBe(`svc: no workers in group 'x' (groups: g0, g1, g2, g3, g4, g5, g6, g7, g8, g9 and 2 more)\n`)
})

test('members without worker data are listed, and told in one warning that names five', async () => {
  const foreign = ['one', 'two\u001b[2J', 'three', 'four', 'five', 'six', 'seven'].map((name) => worker(name, null, null))
  const { stdout, stderr } = await list(new FixedReader([...eleven, ...foreign]))
  expect(stdout.split('\n')).toHaveLength(eleven.length + foreign.length + 5)
  expect(stderr).toBe(String.raw`svc: 7 members without worker data: 'one', 'two\x1b[2J', 'three', 'four', 'five' and 2 more` + '\n')
})

test('one member without worker data', async () => {
  expect((await list(new FixedReader([worker('one', null, null)]))).stderr).toBe(`svc: 1 member without worker data: 'one'\n`)
})

test('svc groups prints the groups with the number of their members', async () => {
  const io = new CapturedIo()
  const reader = new FixedReader([], [groupNamed('default'), groupNamed('vitrage')])
  await showGroups(reader, listPrinter(groupColumns, { format: 'table', quote: 'nonnumeric' }, io), io)
  await showGroups(reader, listPrinter(groupColumns, { format: 'json', quote: 'nonnumeric' }, io), io)
  expect(io.stderr).toBe('')
  expect(io.stdout).toBe(`+---------+---------+--------------------------+
| Group   | Members | Created At               |
+---------+---------+--------------------------+
| default |       2 | 2026-11-21T02:40:00.000Z |
| vitrage |       2 | 2026-11-21T02:40:00.000Z |
+---------+---------+--------------------------+
[
  {
    "Group": "default",
    "Members": 2,
    "Created At": "2026-11-21T02:40:00.000Z"
  },
  {
    "Group": "vitrage",
    "Members": 2,
    "Created At": "2026-11-21T02:40:00.000Z"
  }
]
`)
})

test('svc groups without groups prints a blank line and says so', async () => {
  const io = new CapturedIo()
  await showGroups(new FixedReader([]), listPrinter(groupColumns, { format: 'table', quote: 'nonnumeric' }, io), io)
  expect([io.stdout, io.stderr]).toEqual(['\n', 'svc: no groups\n'])
})

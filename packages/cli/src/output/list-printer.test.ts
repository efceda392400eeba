import { describe, expect, test } from '@jest/globals'

import { CapturedIo } from '../captured-io.test.support.js'
import type { Column } from './list-printer.js'
import { listPrinter } from './list-printer.js'
import { stateMarks } from './marks.js'
import type { OutputArguments } from './options.js'

interface Row {
  readonly name: string
  readonly process: number | null
}

const columns: readonly Column<Row>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'Process Id', value: ({ process }) => process },
  { title: 'State', value: () => 'up', marks: stateMarks },
  { title: 'Labels', value: ({ name }) => ({ name }), onRequest: true },
]

const rows: readonly Row[] = [
  { name: 'b', process: 2 },
  { name: 'a', process: null },
  { name: 'c', process: 1 },
]

const terminal = { LANG: 'C.UTF-8' }

async function print(args: Partial<OutputArguments>, io = new CapturedIo(), { list = rows, stock = false } = {}) {
  await listPrinter(columns, { format: 'value', quote: 'nonnumeric', ...args }, io, { stock })(list)
  return { stdout: io.stdout, stderr: io.stderr }
}

const refused = (args: Partial<OutputArguments>, env: Record<string, string> = {}) => {
  const io = new CapturedIo(env)
  return expect(() => listPrinter(columns, { format: 'value', quote: 'nonnumeric', ...args }, io))
}

describe('-c', () => {
  test.each([
    ['is not given: all but those on request', undefined, 'b 2 up'],
    ['the order is that of the list', ['State', 'Name'], 'b up'],
    ['any case, and _ for a blank', ['PROCESS_ID'], '2'],
    ['a column on request', ['labels', 'name'], 'b name=b'],
    ['twice is once', ['name', 'Name'], 'b'],
  ])('%s', async (_, column, line) => {
    expect((await print({ column })).stdout.split('\n')[0]).toBe(line)
  })

  test('an unknown column is refused with the ones there are', () => {
    refused({ column: ['Name', 'proces'] }).toThrow(expect.objectContaining({ code: 'invalid_argument', message: `There is no column 'proces'.`, hint: 'Columns: Name, Process Id, State, Labels' }))
    refused({ column: ['stat'] }).toThrow(`There is no column 'stat'. Did you mean 'State'?`)
  })
})

describe('--sort-column', () => {
  const names = async (args: Partial<OutputArguments>) => (await print({ column: ['name'], ...args })).stdout.replaceAll('\n', '')

  test('sorts by columns that are not shown as well, up or down', async () => {
    expect(await names({ 'sort-column': ['process_id'] })).toBe('cba')
    expect(await names({ 'sort-column': ['process_id'], 'sort-ascending': true })).toBe('cba')
    expect(await names({ 'sort-column': ['process_id'], 'sort-descending': true })).toBe('abc')
    expect(await names({ 'sort-descending': true })).toBe('bac')
  })

  test('the first one weighs most', async () => {
    expect(await names({ 'sort-column': ['State', 'Name'] })).toBe('abc')
  })

  test('an unknown one is told and changes nothing', async () => {
    const { stdout, stderr } = await print({ column: ['name'], 'sort-column': ['nme'] })
    expect(stdout).toBe('b\na\nc\n')
    expect(stderr).toBe(`svc: Not sorted by it: There is no column 'nme'. Did you mean 'Name'? Columns: Name, Process Id, State, Labels\n`)
  })

  test('one without an order is told', async () => {
    expect((await print({ 'sort-column': ['labels'] })).stderr).toBe('svc: cannot sort by Labels: its values have no order\n')
  })

  test('both directions are refused', () => {
    refused({ 'sort-ascending': true, 'sort-descending': true }).toThrow('Give --sort-ascending or --sort-descending, not both')
  })
})

describe('the width of a table', () => {
  const long: readonly Row[] = [{ name: 'a worker with a name of more than forty letters', process: 1 }]
  const lines = async (args: Partial<OutputArguments>, env: Record<string, string>, width?: number, stock = false) =>
    (await print({ format: 'table', ...args }, new CapturedIo(env, width), { list: long, stock })).stdout.split('\n').length - 1
  const whole = 5

  test.each([
    ['a pipe never wraps', {}, {}, undefined, whole],
    ['a pipe wraps where it is asked to', { 'max-width': '40' }, {}, undefined, 8],
    ['also by the environment', {}, { CLIFF_MAX_TERM_WIDTH: '40' }, undefined, 8],
    ['the option weighs more than the environment', { 'max-width': '0' }, { CLIFF_MAX_TERM_WIDTH: '40' }, undefined, whole],
    ['a pipe has no width to fit into', { 'fit-width': true }, { CLIFF_FIT_WIDTH: '1' }, undefined, whole],
    ['a terminal wraps what is wider', {}, {}, 40, 8],
    ['a terminal without a width does not', {}, {}, 0, whole],
    ['--max-width weighs more than the terminal', { 'max-width': '200' }, {}, 40, whole],
  ])('%s', async (_, args, env, width, expected) => {
    expect(await lines(args, env, width)).toBe(expected)
  })

  test('the stock look wraps on a terminal only when asked', async () => {
    expect(await lines({}, {}, 40, true)).toBe(whole)
    expect(await lines({ 'fit-width': true }, {}, 40, true)).toBe(8)
    expect(await lines({}, { CLIFF_FIT_WIDTH: '1' }, 40, true)).toBe(8)
    expect(await lines({}, { CLIFF_FIT_WIDTH: '0' }, 40, true)).toBe(whole)
  })

  test.each([
    ['--max-width', { 'max-width': 'wide' }, {}],
    ['CLIFF_MAX_TERM_WIDTH', {}, { CLIFF_MAX_TERM_WIDTH: 'wide' }],
    ['CLIFF_FIT_WIDTH', {}, { CLIFF_FIT_WIDTH: 'wide' }],
  ])('%s that is no number is refused', (name, args, env) => {
    refused(args, env).toThrow(`${name}: 'wide' is not a whole number`)
  })
})

describe('marks', () => {
  test('are shown in tables on a terminal', async () => {
    expect((await print({ format: 'table' }, new CapturedIo(terminal, 80))).stdout).toContain('| \u001b[32m● up\u001b[39m  |')
    expect((await print({ format: 'table', column: ['state'] }, new CapturedIo(terminal, 80))).stdout).toContain('| \u001b[32m● up\u001b[39m  |')
  })

  test.each([
    ['in a pipe', { format: 'table' }, undefined, false],
    ['in the stock look', { format: 'table' }, 80, true],
    ['in other formats', { format: 'value' }, 80, false],
  ] as const)('are not shown %s', async (_, args, width, stock) => {
    expect((await print(args, new CapturedIo(terminal, width), { stock })).stdout).not.toMatch(/\u001b|●/)
  })
})

test('null is an empty cell, and None in the stock look', async () => {
  const cells = { format: 'table', column: ['name', 'process_id'] } as const
  expect((await print(cells)).stdout).toContain('| a    |            |')
  expect((await print(cells, new CapturedIo(), { stock: true })).stdout).toContain('| a    |       None |')
})

test('csv is kept as it is in a pipe, and harmless on a terminal', async () => {
  const list = [{ name: 'a\u001b[2J\nb', process: 1 }]
  const args = { format: 'csv', column: ['name'] } as const
  expect((await print(args, new CapturedIo(), { list })).stdout).toBe('"Name"\n"a\u001b[2J\nb"\n')
  expect((await print(args, new CapturedIo({}, 80), { list })).stdout).toBe(String.raw`"Name"` + '\n' + String.raw`"a\\x1b[2J\\nb"` + '\n')
})

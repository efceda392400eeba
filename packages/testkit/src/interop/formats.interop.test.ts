import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { main } from '@muster/cli'
import { openCoordinator } from '@muster/coordination'
import type { Coordinator } from '@muster/coordination'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'

import { freshSeed, seededRandom } from '../seeded-random.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { cliffLists } from './cliff-lists.js'
import type { CliffCase } from './cliff-lists.js'
import { ambiguousNames, harmfulNames, printableNames, trickyNames, vitrageNames } from './names.js'

const random = seededRandom(freshSeed())
const randomText = (alphabet: readonly string[]): string => Array.from({ length: 1 + random.below(120) }, () => random.pick(alphabet)).join('')
const randomTexts = (alphabet: readonly string[]): string[] => Array.from({ length: 60 }, () => randomText(alphabet))

const narrow = ['a', 'word', 'é', '_', '1', '0', '-', '--', '.', ',', '"', "'", '\\', ' ', ' ', '  ', ':', '#', '?', '!', '&', '=', '[', '{', 'ab-cd']
const odd = [...narrow, '\n', '\t', '\r', '\u001b', '日', '😀', '\u0301', '\u2028', '\u00a0', '\u0085', '\u007f', '\u200b']

/** The names in each group: what tables of any program wrap alike, what a table shows as it is, and anything. */
const groups = {
  narrow: [...vitrageNames, ...trickyNames, ...randomTexts(narrow)],
  printable: [...vitrageNames, ...trickyNames, ...printableNames],
  odd: [...vitrageNames, ...trickyNames, ...printableNames, ...ambiguousNames, ...harmfulNames, ...randomTexts(odd)],
  nobody: [],
}

const selections = [[], ['-c', 'Name'], ['-c', 'Hostname'], ['-c', 'Created At', '-c', 'Process Id', '-c', 'Name']]
const orders = [
  [],
  ['--sort-column', 'Process Id'],
  ['--sort-column', 'Process Id', '--sort-descending'],
  ['--sort-column', 'Hostname', '--sort-column', 'Name', '--sort-descending'],
  ['--sort-column', 'Created At', '--sort-ascending'],
  ['--sort-descending'],
  ['--sort-column', 'No Such Column'],
]
const widths = ['-1', '0', '1', '20', '33', '40', '57', '80', '100', '200'].map((width) => ['--max-width', width])

const product = (...tables: readonly (readonly string[][])[]): CliffCase[] =>
  tables.reduce<string[][]>((lines, table) => lines.flatMap((line) => table.map((words) => [...line, ...words])), [[]]).map((words) => ({ words }))

describe('svc list --classic prints what cliff prints, byte for byte', () => {
  let folder: TemporaryFolder
  let backend: string
  let coordinator: Coordinator
  let serviceGroup: ServiceGroup

  beforeAll(async () => {
    folder = await temporaryFolder()
    backend = `embedded:${folder.path}`
    coordinator = await openCoordinator(backend)
    serviceGroup = await openServiceGroup(backend)
    for (const [group, names] of Object.entries(groups)) {
      await coordinator.createGroup(group)
      for (const [index, name] of names.entries()) {
        const hostname = ['controller-1', 'compute-2.example.org', '', undefined][index % 4]
        const created = index % 5 === 0 ? undefined : `2019-02-10T11:${String(10 + (index % 50))}:15+00:00`
        await coordinator.joinGroup(group, { name, ...(index % 7 !== 0 && { process: (index * 7919) % 30_000 }), ...(hostname !== undefined && { hostname }), ...(created !== undefined && { created }) }, { memberId: `member ${index}` })
      }
    }
  }, 60_000)

  afterAll(async () => {
    await serviceGroup.close()
    await coordinator.close()
    await folder[Symbol.asyncDispose]()
  })

  async function ours(group: string, { words, env = {}, terminal }: CliffCase): Promise<{ status: number; stdout: string; stderr: string }> {
    const printed = { stdout: '', stderr: '' }
    const write = (text: string): Promise<void> => Promise.resolve(void (printed.stdout += text))
    const status = await main(['list', '--classic', '--backend', backend, '--group', group, ...words], { env, columns: terminal, lines: undefined, onResize: () => () => {}, write, writeError: (text) => void (printed.stderr += text), hideWords: () => undefined, terminal: () => Promise.resolve(undefined) })
    return { status, ...printed }
  }

  async function stock(group: string, cases: readonly CliffCase[]): Promise<readonly (string | null)[]> {
    const workers = await serviceGroup.workers({ group })
    return cliffLists({ titles: ['Name', 'Process Id', 'Hostname', 'Created At'], rows: workers.map(({ name, process, hostname, created }) => [name, process, hostname, created]) }, cases)
  }

  async function expectSame(group: keyof typeof groups, cases: readonly CliffCase[]): Promise<void> {
    const expected = await stock(group, cases)
    for (const [index, one] of cases.entries()) {
      const { status, stdout } = await ours(group, one)
      expect({ seed: random.seed, ...one, status, stdout }).toEqual({ seed: random.seed, ...one, status: 0, stdout: expected[index] })
    }
  }

  test('tables that are not wrapped, wide characters included', async () => {
    await expectSame('printable', product(selections, orders, [[], ['--max-width', '0']]))
  })

  test('tables that are wrapped', async () => {
    await expectSame('narrow', product(selections, orders.slice(0, 2), widths))
  })

  test('tables on a terminal and in a pipe, as options and environment ask', async () => {
    const settings: CliffCase[] = [{ words: [] }, { words: ['--fit-width'] }, { words: ['--max-width', '60'] }, { words: [], env: { CLIFF_FIT_WIDTH: '1' } }, { words: [], env: { CLIFF_FIT_WIDTH: '0' } }]
    const more: CliffCase[] = [{ words: [], env: { CLIFF_MAX_TERM_WIDTH: '50' } }, { words: ['--max-width', '0'], env: { CLIFF_MAX_TERM_WIDTH: '50' } }, { words: ['--fit-width'], env: { CLIFF_MAX_TERM_WIDTH: '50' } }]
    const all = [...settings, ...more]
    await expectSame('narrow', [...all, ...all.map((one) => ({ ...one, terminal: 70 })), ...all.map((one) => ({ ...one, terminal: 300 }))])
  })

  test('json, yaml and csv of whatever members say of themselves', async () => {
    await expectSame('odd', product([['-f', 'json'], ['-f', 'json', '--noindent'], ['-f', 'yaml'], ...['all', 'minimal', 'nonnumeric'].map((quote) => ['-f', 'csv', '--quote', quote])], selections, orders.slice(0, 4)))
    await expectSame('odd', product([['-f', 'csv', '--quote', 'none']], [[], ['-c', 'Name']], orders))
  })

  test('values', async () => {
    await expectSame('printable', product([['-f', 'value']], selections, orders))
  })

  test('nothing, in every format', async () => {
    const formats = ['table', 'json', 'yaml', 'csv', 'value'].map((format) => ['-f', format])
    await expectSame('nobody', product([...formats, ['-f', 'json', '--noindent'], ['--print-empty'], ['--print-empty', '--max-width', '20']], selections, orders.slice(0, 2)))
  })

  describe('but for', () => {
    test('wide characters in a table that is wrapped: its lines are equally wide', async () => {
      const one = { words: ['-c', 'Name', '-c', 'Hostname', '--max-width', '30'] }
      const [theirs] = await stock('printable', [one])
      const { stdout } = await ours('printable', one)
      expect(stdout).not.toBe(theirs)
      const characters = (table: string): string[] => Array.from(table.replaceAll(/[\s|+-]/g, '')).sort()
      expect(characters(stdout)).toEqual(characters(theirs ?? ''))
      const borders = stdout.split('\n').filter((line) => line.startsWith('+'))
      expect([...new Set(borders.map((line) => line.length))]).toEqual([30])
    })

    test('control characters in a table or in values: they are shown, and a row is one line', async () => {
      for (const words of [[], ['-f', 'value']]) {
        const [theirs] = await stock('odd', [{ words }])
        const { stdout } = await ours('odd', { words })
        expect(theirs).toMatch(/\u001b/)
        expect(stdout).not.toMatch(/[^\n\P{Cc}]/u)
        expect(stdout.split('\n')).toHaveLength(groups.odd.length + (words.length === 0 ? 5 : 1))
      }
    })

    test('control characters in csv on a terminal', async () => {
      const one = { words: ['-f', 'csv'], terminal: 80 }
      const [theirs] = await stock('odd', [one])
      expect(theirs).toMatch(/\u001b/)
      expect((await ours('odd', one)).stdout).not.toMatch(/[^\n\P{Cc}]/u)
    })

    test('-c in any case and with _, where cliff fails, and of unknown columns, where cliff prints the others', async () => {
      const [lower, some] = await stock('narrow', [{ words: ['-c', 'process_id'] }, { words: ['-c', 'Name', '-c', 'Nmae'] }])
      expect(lower).toBeNull()
      expect(await ours('narrow', { words: ['-c', 'process_id'] })).toMatchObject({ status: 0, stdout: expect.stringContaining('| Process Id |') })
      expect(some).toContain('| Name ')
      expect(await ours('narrow', { words: ['-c', 'Name', '-c', 'Nmae'] })).toEqual({ status: 64, stdout: '', stderr: `svc: There is no column 'Nmae'. Did you mean 'Name'?\nsvc: Columns: Name, Process Id, Hostname, Created At\n` })
    })

    test('unknown columns to sort by: they are told', async () => {
      const { status, stderr } = await ours('narrow', { words: ['--sort-column', 'No Such Column'] })
      expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^svc: Not sorted by it: There is no column 'No Such Column'/) })
    })

    test('a lone empty cell in csv without quotes, where cliff fails', async () => {
      const one = { words: ['-f', 'csv', '--quote', 'none', '-c', 'Hostname'] }
      expect(await stock('narrow', [one])).toEqual([null])
      expect((await ours('narrow', one)).stdout.split('\n')).toHaveLength(groups.narrow.length + 2)
    })
  })
})

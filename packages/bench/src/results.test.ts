import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from '@jest/globals'
import { temporaryFolder } from '@muster/testkit'

import type { Outcome } from './outcome.js'
import { keepResults } from './results.js'

const outcome = (what: string, value: number): Outcome => ({ what, value, spread: [value, value], bar: { atLeast: 2 }, here: 'here' })
const chart = (y: number) => ({ name: 'growth', title: 'Growth <of> lists', xTitle: 'members', unit: 'ms', lines: [{ name: 'muster', points: [[100, y], [1000, 10 * y]] as const }, { name: 'other', points: [[1000, 5]] as const }] })

test('the latest run of each benchmark is kept, whichever others were run since', async () => {
  await using folder = await temporaryFolder()
  await keepResults({ first: { outcomes: [outcome('outdated', 1)] }, second: { outcomes: [outcome('second', 3)] } }, folder.path)
  await keepResults({ first: { outcomes: [outcome('new', 2.5)], charts: [chart(2)] } }, folder.path)
  const page = await readFile(join(folder.path, 'README.md'), 'utf8')
  expect(page).toContain('| new | 2.50x | 2.50x to 2.50x | at least 2.00x | met |')
  expect(page).toContain('| second | 3.00x |')
  expect(page).not.toContain('outdated')
  expect(page).toContain('| Growth <of> lists, ms; members: | 100 | 1,000 |\n|---|---:|---:|\n| muster | 2 | 20 |\n| other |  | 5 |')
  expect(page).toContain('(growth.svg)')
})

test('a ratio that misses its bar is told so, and stands in the chart of ratios with it', async () => {
  await using folder = await temporaryFolder()
  await keepResults({ first: { outcomes: [outcome('slow', 1.5), { ...outcome('bytes', 180), unit: ' B' }] } }, folder.path)
  expect(await readFile(join(folder.path, 'README.md'), 'utf8')).toContain('| slow | 1.50x | 1.50x to 1.50x | at least 2.00x | **missed** |')
  const picture = await readFile(join(folder.path, 'ratios.svg'), 'utf8')
  expect(picture).toContain('>slow</text>')
  expect(picture).not.toContain('>bytes</text>')
})

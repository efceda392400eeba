import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { lineChart } from './charts/line-chart.js'
import type { LineChart } from './charts/line-chart.js'
import { ratioChart } from './charts/ratio-chart.js'
import { isMet, tellBar, tellValue } from './outcome.js'
import type { Outcome } from './outcome.js'

/** What one benchmark found, as it is kept. */
export interface Finding {
  readonly outcomes: readonly Outcome[]
  readonly charts?: readonly LineChart[]
}

interface Kept extends Finding {
  /** Day of the run: `2026-11-28`. */
  readonly on: string
  readonly machine: string
}

const resultsFolder = fileURLToPath(new URL('../results', import.meta.url))
const machine = (): string => `${cpus().length} cores (${(cpus()[0]?.model ?? 'unknown').trim()}), Node ${process.versions.node}`

/** Keeps the latest run of each benchmark in `results/`: as JSON, as a page of tables, and as charts for READMEs. */
export async function keepResults(findings: Readonly<Record<string, Finding>>, folder = resultsFolder): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'results.json')
  const before = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Record<string, Kept>
  const on = new Date().toISOString().slice(0, 10)
  const kept = { ...before, ...Object.fromEntries(Object.entries(findings).map(([name, finding]) => [name, { on, machine: machine(), ...finding }])) }
  await writeFile(file, `${JSON.stringify(kept, null, 1)}\n`)
  await writeFile(join(folder, 'README.md'), page(kept))
  await writeFile(join(folder, 'ratios.svg'), ratioChart(Object.values(kept).flatMap(({ outcomes }) => outcomes)))
  for (const chart of Object.values(kept).flatMap(({ charts = [] }) => charts)) await writeFile(join(folder, `${chart.name}.svg`), lineChart(chart))
}

function page(kept: Readonly<Record<string, Kept>>): string {
  const sections = Object.entries(kept).map(([name, { on, machine: where, outcomes, charts = [] }]) => {
    const rows = outcomes.map((outcome) => `| ${outcome.what} | ${tellValue(outcome, outcome.value)} | ${outcome.spread.map((value) => tellValue(outcome, value)).join(' to ')} | ${tellBar(outcome)} | ${isMet(outcome) ? 'met' : '**missed**'} |`)
    return [
      `## ${name}`,
      `${on}, ${where}`,
      ...(rows.length > 0 ? [['| measured | value | spread | bar | |', '|---|---|---|---|---|', ...rows].join('\n'), outcomes.map(({ what, here }) => `- ${what}: ${here}`).join('\n')] : []),
      ...charts.map((chart) => `${chartTable(chart)}\n\n![${chart.title}](${chart.name}.svg)`),
    ].join('\n\n')
  })
  return `${['# Results', 'Written by `npm run bench`: the latest run of each benchmark. A ratio holds on any machine, the numbers behind it on this one.', '![Ratios](ratios.svg)', ...sections].join('\n\n')}\n`
}

function chartTable({ title, unit, xTitle, lines }: LineChart): string {
  const counts = [...new Set(lines.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b)
  const cell = (value: number | undefined): string => (value === undefined ? '' : value.toLocaleString('en', { maximumSignificantDigits: 3 }))
  const rows = lines.map(({ name, points }) => `| ${name} | ${counts.map((x) => cell(points.find(([at]) => at === x)?.[1])).join(' | ')} |`)
  return [`| ${title}, ${unit}; ${xTitle}: | ${counts.map((x) => x.toLocaleString('en')).join(' | ')} |`, `|---|${counts.map(() => '---:|').join('')}`, ...rows].join('\n')
}

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { environmentVariables, exitStatusByCode, settings } from '@muster/common'
import { expect, test } from '@jest/globals'

import { exitStatusMeanings } from './exit-codes.js'
import { topics } from './topics.js'

const packages = fileURLToPath(new URL('../../../', import.meta.url))

/** The sources of what users get: no tests, and neither the test kit nor the benchmarks. */
function productSources(): string[] {
  const names = readdirSync(packages).filter((name) => name !== 'testkit' && name !== 'bench')
  const files = names.flatMap((name) => readdirSync(`${packages}${name}/src`, { recursive: true, encoding: 'utf8' }).map((file) => `${packages}${name}/src/${file}`))
  return files.filter((file) => file.endsWith('.ts') && !file.includes('.test.')).map((file) => readFileSync(file, 'utf8'))
}

test('the environment topic names every SVC_ variable that the sources read, and no other', () => {
  const sources = productSources()
  expect(sources.length).toBeGreaterThan(50)
  const byName = sources.flatMap((text) => [...text.matchAll(/\benv(?:\.|\[['"])(SVC_[A-Z_]+)/g)].map(([, name]) => name))
  const read = new Set([...byName, ...Object.values(settings).map(({ variable }) => variable)])
  const told = Object.keys(environmentVariables).filter((name) => name.startsWith('SVC_'))
  expect([...read].sort()).toEqual(told.sort())
  for (const name of Object.keys(environmentVariables)) expect(topics.environment?.()).toContain(`  ${name} `)
})

test('the topic of exit codes tells of every error code, under its status', () => {
  const text = topics['exit-codes']?.() ?? ''
  for (const [code, status] of Object.entries(exitStatusByCode)) {
    const part = new RegExp(`^ +${status}  .*(?:\\n {11}.*)*`, 'm').exec(text)?.[0]
    expect(part?.split(/\s+/)).toContain(code)
  }
})

test('the table of exit codes in the README is the same', () => {
  const readme = readFileSync(`${packages}cli/README.md`, 'utf8')
  const rows = [...readme.matchAll(/^\| (\d+(?:\+n)?) \| (.*) \|$/gm)].map(([, status = '', meaning]) => [status, meaning])
  expect(Object.fromEntries(rows)).toEqual(exitStatusMeanings)
})

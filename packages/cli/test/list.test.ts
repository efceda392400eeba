import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'

import { expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import { openServiceGroup } from '@muster/servicegroup'

import { Store, svcFile } from './svc.js'

test('a store that is not there is an empty list, a sentence on stderr and status 0; nothing is made', async () => {
  await using store = await Store.create()
  expect(await store.svc(['list'])).toEqual({ code: 0, signal: null, stdout: '\n', stderr: 'svc: no workers\n' })
  expect(await store.svc(['groups'])).toEqual({ code: 0, signal: null, stdout: '\n', stderr: 'svc: no groups\n' })
  expect(existsSync(`${store.folder}/store`)).toBe(false)
})

test('workers of several groups are listed by name in code-point order, and filtered', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    const hostname = 'controller-1'
    await serviceGroup.join({ group: 'vitrage', name: 'vitrageuWSGI worker 1', process: 25698, hostname })
    await serviceGroup.join({ group: 'vitrage', name: 'VitrageNotifierService worker(0)', process: 23352, hostname })
    await serviceGroup.join({ group: 'default', name: 'indexer', type: 'search', process: 7, hostname: 'controller-2' })

    const names = async (...words: string[]): Promise<unknown[]> => {
      const rows = await store.list(words)
      return Array.isArray(rows) ? rows.map((row: { Name: string }) => row.Name) : []
    }
    expect(await names()).toEqual(['VitrageNotifierService worker(0)', 'indexer', 'vitrageuWSGI worker 1'])
    expect(await names('--group', 'vitrage')).toEqual(['VitrageNotifierService worker(0)', 'vitrageuWSGI worker 1'])
    expect(await names('--group', 'vitrage', '--group', 'default', '--hostname', 'controller-2')).toEqual(['indexer'])
    expect(await names('--type', 'vitrageuWSGI', '--type', 'search')).toEqual(['indexer', 'vitrageuWSGI worker 1'])
    expect(await names('--name', 'indexer', '--group', 'vitrage')).toEqual([])

    expect(await store.svc(['list', '--group', 'vitrgae'])).toEqual({ code: 0, signal: null, stdout: '\n', stderr: `svc: no workers in group 'vitrgae' (groups: default, vitrage)\n` })
    const { stdout } = await store.svc(['groups'])
    expect(stdout).toMatch(/^\+-+\+-+\+-+\+\n\| Group +\| Members \| Created At +\|\n.*\n\| default \| +1 \| \S+Z \|\n\| vitrage \| +2 \| \S+Z \|\n.*\n$/)
  } finally {
    await serviceGroup.close()
  }
})

test('a member without worker data is listed under a warning and hides nobody', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  const foreign = await openCoordinator(store.backend, { memberId: 'foreign\u001b[2J' })
  try {
    await serviceGroup.join({ group: 'default', name: 'indexer', process: 7, hostname: 'h' })
    await foreign.joinGroup('default', { something: ['else'] })
    const { code, stdout, stderr } = await store.svc(['list'])
    expect(code).toBe(0)
    expect(stdout).toContain(String.raw`| foreign\x1b[2J |            |          |`)
    expect((await store.svc(['list', '--classic'])).stdout).toContain(String.raw`| foreign\x1b[2J | None       | None     |`) // as cliff prints it
    expect(stdout).toContain('| indexer ')
    expect(stderr).toBe(String.raw`svc: 1 member without worker data: 'foreign\x1b[2J'` + '\n')
  } finally {
    await foreign.close()
    await serviceGroup.close()
  }
})

const onTerminal = spawnSync('script', ['--version']).status === 0 ? test : test.skip

onTerminal('a terminal gets a table that fits and a mark of the state; a pipe gets whole lines and plain words', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    await serviceGroup.join({ group: 'default', name: '日本語 indexer of a long name', process: 7, hostname: 'controller-1.example.org' })
    const env = { ...process.env, ...store.env, LC_ALL: 'C.UTF-8', TERM: 'xterm', NO_COLOR: '', CLICOLOR: '', FORCE_COLOR: '', CLICOLOR_FORCE: '' }
    const shown = async (more: Record<string, string>): Promise<string> => {
      const command = `stty cols 40; exec '${process.execPath}' '${svcFile}' list -c name -c hostname -c state`
      const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'inherit'] })
      return (await text(terminal.stdout)).replaceAll('\r\n', '\n')
    }
    expect(await shown({})).toBe(`+--------------+---------------+-------+
| Name         | Hostname      | State |
+--------------+---------------+-------+
| 日本語       | controller-   | \u001b[32m● up\u001b[39m  |
| indexer of a | 1.example.org |       |
| long name    |               |       |
+--------------+---------------+-------+
`)
    expect(await shown({ NO_COLOR: '1' })).toContain('| 日本語       | controller-   | up    |')
    expect(await shown({ TERM: 'dumb' })).toContain('| 日本語       | controller-   | up    |')
    expect(await shown({ LC_ALL: 'C' })).toContain('| controller-   | \u001b[32mup\u001b[39m    |')
    expect((await store.svc(['list', '-c', 'name', '-c', 'hostname', '-c', 'state'], { COLUMNS: '40' })).stdout).toContain('| 日本語 indexer of a long name | controller-1.example.org | up    |')
  } finally {
    await serviceGroup.close()
  }
})

test.each([
  [['list', '--backend', 'zookeper://localhost'], 'zookeper'],
  [['list', '--backend', 'embeded:'], `Did you mean 'embedded'?`],
  [['list', '--backend', 'embedded:?timeot=3s'], `Did you mean 'timeout'?`],
  [['list', '--backend', 'embedded:', '--endpoint', 'http://127.0.0.1:1'], 'Give --endpoint or --backend, not both'],
  [['lst'], `Did you mean 'list'?`],
])('svc %j exits with 64 and says what is wrong', async (words, sentence) => {
  await using store = await Store.create()
  const { code, stdout, stderr } = await store.svc(words)
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  expect(stderr).toMatch(/^(svc: .*\n)+$/)
  expect(stderr).toContain(sentence)
})

test('a reader that goes away is no error', async () => {
  await using store = await Store.create()
  const svc = spawn(process.execPath, [svcFile, 'list', '-f', 'json'], { env: { ...process.env, ...store.env } })
  svc.stdout.destroy()
  expect(await Promise.all([once(svc, 'exit'), text(svc.stderr)])).toEqual([[0, null], 'svc: no workers\n'])
})

const withFullDevice = existsSync('/dev/full') ? test : test.skip

withFullDevice('a list that cannot be written is a failure that is told', async () => {
  await using store = await Store.create()
  const svc = spawn('sh', ['-c', 'exec "$0" "$@" > /dev/full', process.execPath, svcFile, 'list'], { env: { ...process.env, ...store.env } })
  expect(await Promise.all([once(svc, 'exit'), text(svc.stderr)])).toEqual([[1, null], expect.stringContaining('svc: ENOSPC')])
})

/** Runs its words with the pipe on their stdout made non-blocking, as a program that shares it may do at any time. */
const withoutBlocking = `
  const { spawn } = require('node:child_process')
  const command = spawn('sh', ['-c', 'read go; exec "$0" "$@"', ...process.argv.slice(1)], { stdio: ['pipe', 'inherit', 'inherit'] })
  void process.stdout
  command.stdin.end('go\\n')
  command.once('exit', (code) => { process.exitCode = code ?? 1 })`

test.each([
  ['a pipe', []],
  ['a pipe that does not block', ['-e', withoutBlocking, '--', process.execPath]],
])('a list longer than %s holds reaches a slow reader whole', async (_, before) => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    const label = 'x'.repeat(60_000)
    for (let index = 0; index < 12; index += 1) await serviceGroup.join({ name: `worker(${index})`, labels: { label } })
    const svc = spawn(process.execPath, [...before, svcFile, 'list', '-f', 'json', '-c', 'labels'], { env: { ...process.env, ...store.env }, stdio: ['ignore', 'pipe', 'inherit'] })
    await once(svc.stdout, 'readable') // from here on the pipe is full until somebody reads
    const [exit, output] = await Promise.all([once(svc, 'exit'), text(svc.stdout)])
    expect(exit).toEqual([0, null])
    expect(JSON.parse(output)).toEqual(Array.from({ length: 12 }, () => ({ Labels: { label } })))
  } finally {
    await serviceGroup.close()
  }
})

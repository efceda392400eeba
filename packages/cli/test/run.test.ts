import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, rm, stat, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { eventually } from '@muster/testkit'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect, test } from '@jest/globals'

import { isAlive, Store, svcFile } from './svc.js'

/** A worker that tells its process id and then each signal it gets; TERM ends it. */
const worker = `
for (const name of ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGINT']) process.on(name, () => {
  console.log('got ' + name)
  if (name === 'SIGTERM') process.exit(9)
})
setInterval(() => {}, 1000)
console.log('pid ' + process.pid)`

test('the command is listed with its own process id and everything that was said of it, and is gone when svc has ended', async () => {
  await using store = await Store.create()
  const description = ['--group', 'vitrage', '--name', 'indexer worker(3)', '--hostname', 'controller-1', '--region', 'r', '--zone', 'z', '--version-label', '1.2', '--label', 'a=b=c', '--label', 'd=']
  await using svc = store.start(['run', ...description, '--', process.execPath, '-e', worker])
  const pid = Number((await svc.line(/^pid (\d+)$/))[1])
  expect(pid).not.toBe(svc.pid)
  await eventually(async () => {
    const row = { 'Name': 'indexer worker(3)', 'Process Id': pid, 'Hostname': 'controller-1', 'Group': 'vitrage', 'State': 'up' }
    expect(await store.list(['--type', 'indexer'])).toEqual([expect.objectContaining(row)])
  })
  svc.signal('SIGTERM')
  expect(await svc.exited).toEqual({ code: 9, signal: null })
  expect(await store.list()).toEqual([])
  expect(svc.stderr).toBe('')
})

test('name and group default to the command and to SVC_GROUP', async () => {
  await using store = await Store.create()
  await using svc = store.start(['run', '--', 'sleep', '60'], { SVC_GROUP: 'from-env', SVC_HOSTNAME: 'host-from-env' })
  await eventually(async () => {
    expect(await store.list()).toEqual([expect.objectContaining({ Name: 'sleep', Group: 'from-env', Hostname: 'host-from-env' })])
  })
  svc.signal('SIGTERM')
  expect(await svc.exited).toEqual({ code: 128 + constants.signals.SIGTERM, signal: null })
})

test('signals are passed on; INT too when stdin is no terminal; svc stays until the command has ended', async () => {
  await using store = await Store.create()
  await using svc = store.start(['run', '--', process.execPath, '-e', worker])
  await svc.line(/^pid/)
  for (const signal of ['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGINT', 'SIGTERM'] as const) {
    svc.signal(signal)
    await svc.line(new RegExp(`^got ${signal}$`))
  }
  expect(await svc.exited).toEqual({ code: 9, signal: null })
})

/** Takes TERM as a wish and ends on USR1, with 9. */
const slowToEnd = `
process.on('SIGTERM', () => console.log('got TERM'))
process.on('SIGUSR1', () => process.exit(9))
setInterval(() => {}, 1000)
console.log('started')`

test('on TERM svc leaves the group at once, while the command takes its time to end; the status is the command\'s', async () => {
  await using store = await Store.create()
  await using svc = store.start(['run', '--', process.execPath, '-e', slowToEnd])
  await svc.line(/^started$/)
  await eventually(async () => expect(await store.list()).toHaveLength(1))
  svc.signal('SIGTERM')
  await svc.line(/^got TERM$/)
  await eventually(async () => expect(await store.list()).toEqual([]))
  svc.signal('SIGUSR1') // it still runs, and signals still reach it
  expect(await svc.exited).toEqual({ code: 9, signal: null })
  expect(svc.stderr).toBe('')
})

test('a leave that gets no answer delays neither TERM nor, for more than its 3 s, the exit', async () => {
  await using store = await Store.create()
  await using svc = store.start(['run', '--', process.execPath, '-e', slowToEnd])
  await svc.line(/^started$/)
  await eventually(async () => expect(await store.list()).toHaveLength(1))
  using writer = new DatabaseSync(join(store.folder, 'store', 'store.db'))
  writer.exec('BEGIN IMMEDIATE') // nobody else can write
  const toldAt = performance.now()
  svc.signal('SIGTERM')
  await svc.line(/^got TERM$/)
  expect(performance.now() - toldAt).toBeLessThan(2000)
  svc.signal('SIGUSR1')
  expect(await svc.exited).toEqual({ code: 9, signal: null })
  expect(performance.now() - toldAt).toBeLessThan(5000)
  expect(svc.stderr).toMatch(/^svc: could not leave group 'default': .*; the entry goes with its session\n$/)
})

test.each([
  ['its own', 'exit 7', 7],
  ['0', 'exit 0', 0],
  ['128 + 9 when KILL ended it', 'kill -KILL $$', 137],
])('the exit status is that of the command: %s', async (_, script, code) => {
  await using store = await Store.create()
  expect(await store.svc(['run', '--', 'sh', '-c', script])).toMatchObject({ code, signal: null, stdout: '' })
})

test('a command that is not found exits with 127, one that is not executable with 126; nothing is joined', async () => {
  await using store = await Store.create()
  expect(await store.svc(['run', '--', 'no-such-command'])).toMatchObject({ code: 127, stderr: 'svc: no-such-command: command not found\n' })
  const file = join(store.folder, 'data')
  await writeFile(file, 'x')
  await chmod(file, 0o644)
  expect(await store.svc(['run', '--', file])).toMatchObject({ code: 126, stderr: `svc: ${file}: not executable\n` })
  expect((await store.svc(['groups', '-f', 'json'])).stdout).toBe('[]\n')
})

test.each([
  ['with setpriv', process.env.PATH],
  ['without setpriv', '/nowhere'],
])('a script whose interpreter is missing exits with 127, any other path runs: %s', async (_, searchPath) => {
  await using store = await Store.create()
  const file = join(store.folder, 'script')
  await writeFile(file, '#!/no/such/interpreter\n', { mode: 0o755 })
  const { code, stderr } = await store.svc(['run', '--', file], { PATH: searchPath })
  expect(code).toBe(127)
  expect(stderr).toContain(file)
  expect(await store.svc(['run', '--', process.execPath, '-e', 'process.exit(4)'], { PATH: searchPath })).toMatchObject({ code: 4, stderr: '' })
})

test('the words of the command reach it as they are: no shell, no option of svc', async () => {
  await using store = await Store.create()
  const words = ['a b', '$HOME', '*', '--group', '-f', '', '--', "it's"]
  const { stdout } = await store.svc(['run', '--', process.execPath, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words])
  expect(JSON.parse(stdout)).toEqual(words)
})

test('the command has the standard streams of svc, and its output is whole although svc writes to the same pipe', async () => {
  await using store = await Store.create()
  // One write of more than a pipe holds: were the pipe non-blocking, only a part of it would be taken.
  const copy = `const fs = require('fs'); const input = fs.readFileSync(0); for (const fd of [1, 2]) if (fs.writeSync(fd, input) !== input.length) process.exit(3)`
  const tooLarge = `big=${'x'.repeat(70_000)}` // more than an entry holds: svc says so while the command runs
  const child = spawn(process.execPath, [svcFile, 'run', '--label', tooLarge, '--', process.execPath, '-e', copy], { env: { ...process.env, ...store.env } })
  expect(await once(child.stderr.setEncoding('utf8'), 'data')).toEqual([expect.stringMatching(/^svc: cannot join group 'default': .*; the command runs without it\n$/)])
  const input = 'y'.repeat(3_000_000)
  child.stdin.end(input)
  const [stdout, stderr, exit] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  expect(exit).toEqual([0, null])
  expect([stdout.length, stderr.length]).toEqual([3_000_000, 3_000_000])
})

test.each([[['--name', '']], [['--name', 'x'.repeat(5000)]], [['--hostname', '']], [['--label', 'bare']]])('a worker described as %j is refused before the command starts', async (options) => {
  await using store = await Store.create()
  expect(await store.svc(['run', ...options, '--', 'touch', join(store.folder, 'started')])).toMatchObject({ code: 64 })
  expect(existsSync(join(store.folder, 'started'))).toBe(false)
})

test('without a backend the command runs, svc says so once, and joins when it can', async () => {
  await using store = await Store.create()
  await writeFile(join(store.folder, 'store'), 'a file where the folder should be')
  await using svc = store.start(['run', '--', process.execPath, '-e', worker])
  await svc.line(/^pid/)
  await svc.line(/^svc: cannot join group 'default' yet: /, { from: 'stderr' })
  await rm(join(store.folder, 'store'))
  await svc.line(/^svc: joined group 'default'$/, { from: 'stderr' })
  expect(await store.list()).toHaveLength(1)
  svc.signal('SIGTERM')
  expect(await svc.exited).toEqual({ code: 9, signal: null })
  expect(svc.stderr.split('\n').filter((line) => line.startsWith('svc:'))).toHaveLength(2)
})

test('with --require-join the command is not started while the backend cannot be used: 69', async () => {
  await using store = await Store.create()
  await writeFile(join(store.folder, 'store'), 'a file where the folder should be')
  const mark = join(store.folder, 'started')
  const { code, stderr } = await store.svc(['run', '--require-join', '--', 'touch', mark])
  expect(code).toBe(69)
  expect(stderr).toContain(`svc: Cannot use ${store.folder}/store: `)
  await expect(stat(mark)).rejects.toThrow('ENOENT')
  await rm(join(store.folder, 'store'))
  expect(await store.svc(['run', '--require-join', '--', 'touch', mark])).toMatchObject({ code: 0, stderr: '' })
  expect((await stat(mark)).isFile()).toBe(true)
})

test('a misspelt backend is refused with a suggestion before the command is started', async () => {
  await using store = await Store.create()
  const mark = join(store.folder, 'started')
  const { code, stderr } = await store.svc(['run', '--backend', 'embeded:', '--', 'touch', mark])
  expect(code).toBe(64)
  expect(stderr).toContain(`Did you mean 'embedded'?`)
  await expect(stat(mark)).rejects.toThrow('ENOENT')
})

test('a name with quotes, newlines, emoji and escape sequences is listed on one line and cannot act on a terminal', async () => {
  await using store = await Store.create()
  const name = `"it's" 👩‍👩‍👧\ntwo\u001b[31m\u009b2J \u202eevil`
  await using svc = store.start(['run', '--name', name, '--', process.execPath, '-e', worker])
  await svc.line(/^pid/)
  await eventually(async () => expect(await store.list(['--name', name])).toEqual([expect.objectContaining({ Name: name })]))
  const { stdout } = await store.svc(['list'])
  expect(stdout).toContain(String.raw`| "it's" 👩‍👩‍👧\ntwo\x1b[31m\x9b2J \u202eevil |`)
  expect(stdout.split('\n')).toHaveLength(6)
})

const onLinux = process.platform === 'linux' ? test : test.skip

test('after svc was stopped for longer than its session, the command is listed again, and svc tells both', async () => {
  await using store = await Store.create()
  await using svc = store.start(['run', '--backend', `${store.backend}?timeout=1s`, '--', process.execPath, '-e', worker])
  await svc.line(/^pid/)
  await eventually(async () => expect(await store.list()).toHaveLength(1))
  svc.signal('SIGSTOP')
  await eventually(async () => expect(await store.list()).toEqual([]))
  svc.signal('SIGCONT')
  await svc.line(/^svc: joined group 'default' again$/, { from: 'stderr' })
  expect(svc.stderr).toBe(`svc: lost touch with group 'default'; joining goes on\nsvc: joined group 'default' again\n`)
  expect(await store.list()).toHaveLength(1)
  svc.signal('SIGTERM')
  expect(await svc.exited).toEqual({ code: 9, signal: null })
})

onLinux('when svc is killed the command gets TERM, and both are gone', async () => {
  await using store = await Store.create()
  await using svc = store.start(['run', '--', process.execPath, '-e', worker])
  const pid = Number((await svc.line(/^pid (\d+)$/))[1])
  await eventually(async () => expect(await store.list()).toHaveLength(1))
  try {
    svc.signal('SIGKILL')
    await svc.line(/^got SIGTERM$/)
    await svc.exited
    await eventually(() => expect(isAlive(pid)).toBe(false))
    await eventually(async () => expect(await store.list()).toEqual([]))
  } finally {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  }
})

const onTerminal = spawnSync('script', ['--version']).status === 0 ? test : test.skip

onTerminal('Ctrl-C on a terminal reaches the command once, and svc leaves when the command ends', async () => {
  await using store = await Store.create()
  const countInterrupts = `
let interrupts = 0
process.on('SIGINT', () => { interrupts++; setTimeout(() => { console.log('interrupts ' + interrupts); process.exit(5) }, 200) })
setInterval(() => {}, 1000)
console.log('ready')`
  const file = join(store.folder, 'count-interrupts.js')
  await writeFile(file, countInterrupts)
  const words = [process.execPath, svcFile, 'run', '--', process.execPath, file].map((word) => `'${word}'`).join(' ')
  const command = `exec ${words}` // else the status is that of the shell between, and INT ends some shells
  const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env: { ...process.env, ...store.env } })
  const ended = once(terminal, 'exit')
  let shown = ''
  terminal.stdout.setEncoding('utf8').on('data', (chunk: string) => (shown += chunk))
  await eventually(() => expect(shown).toContain('ready'))
  terminal.stdin.write('\u0003')
  expect(await ended).toEqual([5, null])
  expect(shown).toContain('interrupts 1\r\n')
  expect(await store.list()).toEqual([])
})

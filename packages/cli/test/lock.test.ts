import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { openCoordinator } from '@muster/coordination'
import { eventually } from '@muster/testkit'
import { expect, test } from '@jest/globals'

import { isAlive, Store } from './svc.js'

/** Tells its token, then each signal; TERM ends it with 9. */
const job = `
for (const name of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGINT']) process.on(name, () => {
  console.log('got ' + name)
  if (name === 'SIGTERM') process.exit(9)
})
setInterval(() => {}, 1000)
console.log('pid ' + process.pid + ' token ' + process.env.SVC_FENCING_TOKEN)`
const jobCommand = ['--', process.execPath, '-e', job]
const started = /^pid (\d+) token (\d+)$/

interface Row {
  readonly 'State': string
  readonly 'Member Id': string
}

const rows = async (store: Store, ...words: string[]): Promise<Row[]> => JSON.parse((await store.svc(['locks', '-f', 'json', ...words])).stdout) as Row[]

async function inLine(store: Store, count: number): Promise<void> {
  await eventually(async () => expect(await rows(store)).toHaveLength(count))
}

test('one after the other runs, in the order in which they came, each with a greater token; svc exits with the status of its command', async () => {
  await using store = await Store.create()
  await using first = store.start(['lock', 'disk', ...jobCommand])
  const [, , token = ''] = await first.line(started)
  await using second = store.start(['lock', 'disk', '--', 'sh', '-c', 'echo second $SVC_FENCING_TOKEN; exit 4'])
  await inLine(store, 2)
  await using third = store.start(['lock', 'disk', '--', 'sh', '-c', 'echo third $SVC_FENCING_TOKEN'])
  await inLine(store, 3)
  expect(second.stdout + third.stdout).toBe('')
  first.signal('SIGTERM')
  expect(await first.exited).toEqual({ code: 9, signal: null })
  expect(await second.exited).toEqual({ code: 4, signal: null })
  expect(await third.exited).toEqual({ code: 0, signal: null })
  const tokens = [token, /^second (\d+)\n$/.exec(second.stdout)?.[1], /^third (\d+)\n$/.exec(third.stdout)?.[1]].map(Number)
  expect(tokens).toEqual([...tokens].sort((a, b) => a - b))
  expect(first.stderr).toBe('')
  expect(await rows(store)).toEqual([])
})

test('svc locks tells who holds and who waits, with host and pid of svc; a foreign contender has none', async () => {
  await using store = await Store.create()
  await using holder = store.start(['lock', 'disk', ...jobCommand], { SVC_HOSTNAME: 'h1' })
  await holder.line(started)
  await using waiter = store.start(['lock', '--shared', 'disk', ...jobCommand], { SVC_HOSTNAME: 'h2' })
  await inLine(store, 2)
  await using foreign = await openCoordinator(store.backend, { memberId: 'python' })
  await foreign.getLock('tape').acquire()
  expect(await rows(store)).toEqual([
    expect.objectContaining({ 'Lock': 'disk', 'State': 'held', 'Kind': 'exclusive', 'Hostname': 'h1', 'Process Id': holder.pid, 'Member Id': expect.stringMatching(/^node_h1_\d+_[0-9a-f]{8}$/), 'Fencing Token': expect.stringMatching(/^\d+$/) }),
    expect.objectContaining({ 'Lock': 'disk', 'State': 'waiting', 'Kind': 'shared', 'Hostname': 'h2', 'Process Id': waiter.pid }),
    expect.objectContaining({ 'Lock': 'tape', 'State': 'held', 'Hostname': null, 'Process Id': null, 'Member Id': 'python' }),
  ])
  expect((await store.svc(['locks', 'tape', '-f', 'value', '-c', 'member_id'])).stdout).toBe('python\n')
  expect(await store.svc(['locks', 'nobody', '-f', 'json'])).toMatchObject({ code: 0, stdout: '[]\n', stderr: "svc: nobody holds lock 'nobody' or waits for it\n" })
  expect((await store.svc(['complete', '--', 'lock', ''])).stdout).toMatch(/^disk\t\ntape\t\n--wait\t/)
})

test('looking at a store that is not there makes none', async () => {
  await using store = await Store.create()
  expect(await store.svc(['locks'])).toMatchObject({ code: 0, stdout: '\n', stderr: 'svc: no locks\n' })
  expect(await store.svc(['leader', 'g'])).toMatchObject({ code: 3, stdout: '' })
  expect(existsSync(join(store.folder, 'store'))).toBe(false)
})

test('those who share run together; one who wants it alone waits for them, and with --wait 0 is told who holds it: 75', async () => {
  await using store = await Store.create()
  await using a = store.start(['lock', '--shared', 'disk', ...jobCommand], { SVC_HOSTNAME: 'h1' })
  await a.line(started)
  await using b = store.start(['lock', '--shared', 'disk', ...jobCommand])
  await b.line(started)
  const { code, stdout, stderr } = await store.svc(['lock', '--wait', '0', 'disk', ...jobCommand])
  expect({ code, stdout }).toEqual({ code: 75, stdout: '' })
  expect(stderr).toMatch(new RegExp(`^svc: Lock 'disk' could not be acquired\nsvc: It is shared by node_h1_${a.pid}_[0-9a-f]{8} \\(pid ${a.pid} on h1\\), since \\S+Z \\(\\d+s\\) and 1 more\n$`))
  await inLine(store, 2)
  expect(await store.svc(['lock', '--shared', '--wait', '0', 'disk', '--', 'true'])).toMatchObject({ code: 0, stderr: '' })
})

test('a deadline ends the wait with 124 and says who holds it; nobody is left in line', async () => {
  await using store = await Store.create()
  await using holder = store.start(['lock', 'disk', ...jobCommand])
  await holder.line(started)
  const { code, stdout, stderr } = await store.svc(['lock', '--wait', '300ms', 'disk', ...jobCommand])
  expect({ code, stdout }).toEqual({ code: 124, stdout: '' })
  expect(stderr).toMatch(new RegExp(`^svc: Waiting for lock 'disk' did not finish within 300 ms\nsvc: It is held by node_\\S+ \\(pid ${holder.pid} on \\S+\\), since \\S+Z \\(\\d+s\\)\n$`))
  expect(await rows(store)).toHaveLength(1)
})

test('who waits for long is told once for whom', async () => {
  await using store = await Store.create()
  await using holder = store.start(['lock', 'disk', ...jobCommand])
  await holder.line(started)
  await using waiter = store.start(['lock', 'disk', ...jobCommand])
  await waiter.line(new RegExp(`^svc: waiting for lock 'disk': held by node_\\S+ \\(pid ${holder.pid} on `), { from: 'stderr' })
  holder.signal('SIGTERM')
  await waiter.line(started)
  expect(waiter.stderr.split('\n')).toHaveLength(2)
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s while it waits: it leaves the line and exits with %i', async (signal, code) => {
  await using store = await Store.create()
  await using holder = store.start(['lock', 'disk', ...jobCommand])
  await holder.line(started)
  await using waiter = store.start(['lock', 'disk', ...jobCommand])
  await inLine(store, 2)
  waiter.signal(signal)
  expect(await waiter.exited).toEqual({ code, signal: null })
  expect(await rows(store)).toHaveLength(1)
  expect(waiter.stdout).toBe('')
})

test('signals are passed on to the command while it runs', async () => {
  await using store = await Store.create()
  await using svc = store.start(['lock', 'disk', ...jobCommand])
  await svc.line(started)
  for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGINT', 'SIGTERM'] as const) {
    svc.signal(signal)
    await svc.line(new RegExp(`^got ${signal}$`))
  }
  expect(await svc.exited).toEqual({ code: 9, signal: null })
})

test('a command is looked up before it waits: 127 and 126 at once although another holds the lock', async () => {
  await using store = await Store.create()
  await using holder = store.start(['lock', 'disk', ...jobCommand])
  await holder.line(started)
  expect(await store.svc(['lock', 'disk', '--', 'no-such-command'])).toMatchObject({ code: 127, stderr: 'svc: no-such-command: command not found\n' })
  const file = join(store.folder, 'data')
  await writeFile(file, 'x', { mode: 0o644 })
  expect(await store.svc(['lock', 'disk', '--', file])).toMatchObject({ code: 126, stderr: `svc: ${file}: not executable\n` })
  expect(await rows(store)).toHaveLength(1)
})

test('an operator who breaks the lock: the command gets TERM, svc says why and exits with 75, and only then the next one runs', async () => {
  await using store = await Store.create()
  const mark = join(store.folder, 'running')
  const slow = `
const fs = require('node:fs')
fs.writeFileSync(process.argv[1], '')
process.on('SIGTERM', () => setTimeout(() => { fs.rmSync(process.argv[1]); process.exit(0) }, 300))
setInterval(() => {}, 1000)
console.log('started')`
  await using first = store.start(['lock', 'disk', '--', process.execPath, '-e', slow, mark])
  await first.line(/^started$/)
  await using second = store.start(['lock', 'disk', '--', 'sh', '-c', `test ! -e '${mark}'`])
  await inLine(store, 2)
  await using operator = await openCoordinator(store.backend)
  expect(await operator.getLock('disk').break('maintenance', { graceMs: 30_000 })).toBe(1)
  expect(await first.exited).toEqual({ code: 75, signal: null })
  expect(first.stderr).toBe("svc: Lock 'disk' is held no more: asked to let go: maintenance; ending the command\n")
  expect(await second.exited).toEqual({ code: 0, signal: null })
})

const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('after svc was stopped for longer than its session it ends the command and all below it, with KILL where TERM does nothing: 75', async () => {
  await using store = await Store.create()
  const stubborn = `process.on('SIGTERM', () => console.log('got TERM')); setInterval(() => {}, 1000); console.log('pid ' + process.pid + ' token ' + process.env.SVC_FENCING_TOKEN)`
  await using svc = store.start(['lock', '--backend', `${store.backend}?timeout=1s`, 'disk', '--', 'sh', '-c', `"$0" -e "$1" & echo shell $$; wait`, process.execPath, stubborn])
  const below = Number((await svc.line(started))[1])
  const shell = Number((await svc.line(/^shell (\d+)$/))[1])
  svc.signal('SIGSTOP')
  await eventually(async () => expect(await rows(store)).toEqual([]))
  expect([isAlive(shell), isAlive(below)]).toEqual([true, true])
  svc.signal('SIGCONT')
  await svc.line(/^got TERM$/)
  expect(await svc.exited).toEqual({ code: 75, signal: null })
  expect([isAlive(shell), isAlive(below)]).toEqual([false, false])
  expect(svc.stderr).toMatch(/^svc: Lock 'disk' is held no more: .*; ending the command\nsvc: the command did not end within \d+ ms of TERM; sending KILL\n$/)
})

onLinux('a svc that is killed takes its command with it at once, one that ignores TERM too, and the next one runs', async () => {
  await using store = await Store.create()
  const stubborn = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('pid ' + process.pid + ' token ' + process.env.SVC_FENCING_TOKEN)`
  await using svc = store.start(['lock', 'disk', '--', process.execPath, '-e', stubborn])
  const pid = Number((await svc.line(started))[1])
  await using next = store.start(['lock', 'disk', ...jobCommand])
  await inLine(store, 2)
  const killedAt = performance.now()
  svc.signal('SIGKILL')
  await eventually(() => expect(isAlive(pid)).toBe(false))
  expect(performance.now() - killedAt).toBeLessThan(2000)
  await next.line(started)
})

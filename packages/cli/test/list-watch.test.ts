import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import { eventually } from '@muster/testkit'

import { Store, svcFile } from './svc.js'

interface Line {
  readonly type: string
  readonly workers?: readonly { readonly name: string }[]
  readonly worker?: { readonly name: string; readonly zone: string | null }
  readonly before?: { readonly name: string }
}

const lines = (stdout: string): Line[] => stdout.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Line)

test('-w -f json begins with the whole list, tells every change of those that match, and ends by INT with 130', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    const first = await serviceGroup.join({ group: 'g', name: 'first' })
    await using svc = store.start(['list', '-w', '-f', 'json', '--group', 'g'])
    await svc.line(/snapshot/)
    await serviceGroup.join({ group: 'other', name: 'of another group' })
    const second = await serviceGroup.join({ group: 'g', name: 'é', zone: 'z' })
    await svc.line(/joined/)
    await first.leave()
    await svc.line(/left/)
    await second.leave()
    svc.signal('SIGINT')
    expect(await svc.exited).toEqual({ code: 130, signal: null })
    expect(svc.stderr).toBe('')
    const [snapshot, joined, left] = lines(svc.stdout)
    expect(snapshot).toMatchObject({ type: 'snapshot', workers: [{ name: 'first', group: 'g', state: 'up' }] })
    expect(joined).toMatchObject({ type: 'joined', worker: { name: 'é', zone: 'z' } })
    expect(left).toMatchObject({ type: 'left', before: { name: 'first' } })
  } finally {
    await serviceGroup.close()
  }
})

test('-w in a pipe writes the table and then a line for each change; TERM ends it with 143', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    await serviceGroup.join({ group: 'g', name: 'first' })
    await using svc = store.start(['list', '-w'])
    await svc.line(/^\| first /)
    const second = await serviceGroup.join({ group: 'g', name: 'se\u001b[2Jcond', hostname: 'h', process: 7 })
    await svc.line(/joined/)
    await second.leave()
    await svc.line(/left/)
    svc.signal('SIGTERM')
    expect(await svc.exited).toEqual({ code: 143, signal: null })
    const changes = svc.stdout.split('\n').slice(5)
    expect(changes[0]).toMatch(/^\d\d:\d\d:\d\d {2}joined {3}se\\x1b\[2Jcond +h {2}pid 7 {2}group g$/)
    expect(svc.stdout).not.toContain('\u001b')
  } finally {
    await serviceGroup.close()
  }
})

test('a format that has no form for changes is wrong usage', async () => {
  await using store = await Store.create()
  expect(await store.svc(['list', '-w', '-f', 'csv'])).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining('-w writes a table or json, not csv') })
})

test('a backend that cannot be reached is told with 69 when there was no first list', async () => {
  await using store = await Store.create()
  const { code, stdout, stderr } = await store.svc(['list', '-w', '--backend', 'zookeeper://127.0.0.1:1?timeout=1s'])
  expect({ code, stdout }).toEqual({ code: 69, stdout: '' })
  expect(stderr).toMatch(/^svc: .*127\.0\.0\.1:1.*ECONNREFUSED/)
})

const onTerminal = spawnSync('script', ['--version']).status === 0 ? test : test.skip

onTerminal('-w on a terminal shows the list on a page of its own, redraws it, and gives the terminal back with the last list on it', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    await serviceGroup.join({ group: 'g', name: 'first' })
    const command = `stty rows 20 cols 90; exec '${process.execPath}' '${svcFile}' list -w`
    const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env: { ...process.env, ...store.env, SHELL: '/bin/sh', TERM: 'xterm', LANG: 'C.UTF-8' } })
    const ended = once(terminal, 'exit')
    let shown = ''
    terminal.stdout.setEncoding('utf8').on('data', (chunk: string) => (shown += chunk))
    await eventually(() => expect(shown).toContain('● 1 worker, '))
    await serviceGroup.join({ group: 'g', name: 'second' })
    await eventually(() => expect(shown).toContain('● 2 workers, '))
    await eventually(() => expect(shown).toMatch(/\u001b\[32m\| \+ \| second /))
    const page = shown.length
    terminal.stdin.write('\u0003')
    expect(await ended).toEqual([130, null])
    expect(shown.startsWith('\u001b[?1049h')).toBe(true)
    const after = shown.slice(shown.indexOf('\u001b[?1049l', page - 200))
    expect(after).toContain('\u001b[?1049l')
    expect(after).toMatch(/\| second /)
  } finally {
    await serviceGroup.close()
  }
})

import { spawn, spawnSync } from 'node:child_process'

import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'

import { Store, svcFile } from './svc.js'

async function withGroup(use: (store: Store, group: ServiceGroup) => Promise<void>): Promise<void> {
  await using store = await Store.create()
  const group = await openServiceGroup(store.backend)
  try {
    await group.join({ name: 'nova-compute', hostname: 'host1' })
    await use(store, group)
  } finally {
    await group.close()
  }
}

interface Line {
  readonly type: string
}

const lines = (stdout: string): Line[] => stdout.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Line)
const id = { type: 'nova-compute', host: 'host1' }

test.each([['watch'], ['list', '--services', '-w']])('svc %s with -f json begins with all services and tells every change of those that match', (...words) =>
  withGroup(async (store, group) => {
    await using svc = store.start([...words, '--type', 'nova-compute', '-f', 'json'])
    await svc.line(/snapshot/)
    await group.update(id, { status: 'disabled', disabledReason: 'disk' })
    await svc.line(/updated/)
    await group.join({ name: 'other', hostname: 'host1' })
    const second = await group.join({ name: 'nova-compute', hostname: 'host2' })
    await svc.line(/"host2".*"state":"up"/) // its record may be seen before its worker
    await second.leave()
    await svc.line(/"updated".*"host2".*"state":"down".*"before"/)
    await group.delete({ type: 'nova-compute', host: 'host2' })
    await svc.line(/deleted/)
    svc.signal('SIGINT')
    expect(await svc.exited).toEqual({ code: 130, signal: null })
    expect(svc.stderr).toBe('')
    const told = lines(svc.stdout)
    expect(told.slice(0, 3)).toMatchObject([
      { type: 'snapshot', services: [{ ...id, state: 'up', status: 'enabled' }] },
      { type: 'updated', service: { ...id, status: 'disabled', effective: 'down' }, before: { status: 'enabled', effective: 'up' } },
      { type: 'created', service: { host: 'host2' } },
    ])
    expect(told.slice(-2)).toMatchObject([
      { type: 'updated', service: { host: 'host2', state: 'down' }, before: { state: 'up' } },
      { type: 'deleted', before: { host: 'host2' } },
    ])
    expect(svc.stdout).not.toContain('"other"')
  }),
)

test('svc watch writes a line for each change with what is another now', () =>
  withGroup(async (store, group) => {
    await using svc = store.start(['watch'])
    await svc.line(/watching 1 service$/, { from: 'stderr' })
    await group.update(id, { status: 'disabled', disabledReason: 'di\u001b[2Jsk' })
    await svc.line(/updated/)
    await group.delete(id, { force: true })
    await svc.line(/deleted/)
    svc.signal('SIGTERM')
    expect(await svc.exited).toEqual({ code: 143, signal: null })
    const [updated, deleted] = svc.stdout.split('\n')
    expect(updated).toMatch(/^\d\d:\d\d:\d\d {2}updated {2}nova-compute@host1 {2}Status: enabled -> disabled, Disabled Reason: none -> di\\x1b\[2Jsk, Effective: up -> down$/)
    expect(deleted).toMatch(/^\d\d:\d\d:\d\d {2}deleted {2}nova-compute@host1$/)
  }))

const onTerminal = spawnSync('script', ['--version']).status === 0 ? test : test.skip

onTerminal('on a terminal svc list --services -w is one page that is redrawn, with what changed marked', () =>
  withGroup(async (store, group) => {
    const env = { ...process.env, ...store.env, LC_ALL: 'C.UTF-8', TERM: 'xterm', NO_COLOR: '1' }
    const command = `stty cols 100 rows 20; exec '${process.execPath}' '${svcFile}' list --services -w -c type -c host -c status -c state`
    const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    let shown = ''
    const has = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (shown.includes(text)) resolve()
        }
        terminal.stdout.on('data', look)
        terminal.once('close', () => reject(new Error(`it ended without ${text}: ${shown}`)))
        look()
      })
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text))
    await has('1 service, ')
    await has('|   | nova-compute | host1 | enabled | up    |')
    await group.update(id, { status: 'disabled' })
    await has('| ~ | nova-compute | host1 | disabled | up    |')
    await group.delete(id, { force: true })
    await has('| - | nova-compute | host1 | disabled | gone  |')
    const ended = new Promise((resolve) => terminal.once('close', resolve))
    terminal.stdin.write('\u0003')
    expect(await ended).toBe(130)
  }))

test('services have neither groups nor names: asking by them is wrong usage', async () => {
  await using store = await Store.create()
  for (const option of ['--group', '--name']) {
    expect(await store.svc(['list', '--services', option, 'x'])).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining(`${option} is of workers; services have none`) })
  }
  expect(await store.svc(['list', '--services', '--classic'])).toMatchObject({ code: 64 })
  expect(await store.svc(['list', '--services', '-w', '-f', 'csv'])).toMatchObject({ code: 64, stderr: expect.stringContaining('-w writes a table or json, not csv') })
})

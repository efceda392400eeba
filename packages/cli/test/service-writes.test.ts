import { spawn, spawnSync } from 'node:child_process'

import { expect, test } from '@jest/globals'
import { thisUser } from '@muster/common'
import { openSession } from '@muster/coordination/internal'
import { openServiceGroup } from '@muster/servicegroup'
import type { Service, ServiceGroup, ServiceId } from '@muster/servicegroup'
import { readOutbox } from '@muster/servicegroup/internal'
import type { Change } from '@muster/servicegroup/internal'

import { Store, svcFile } from './svc.js'

const first: ServiceId = { type: 'nova-compute', host: 'host1' }
const second: ServiceId = { type: 'nova-compute', host: 'host2' }

interface Scene {
  readonly store: Store
  readonly group: ServiceGroup
  readonly find: (id: ServiceId) => Promise<Service>
}

/** Two services, each with a live worker. */
async function withServices(use: (scene: Scene) => Promise<void>): Promise<void> {
  await using store = await Store.create()
  const group = await openServiceGroup(store.backend)
  const find = async (id: ServiceId): Promise<Service> => {
    const { service } = await group.getOne(id, { consistent: true })
    if (!service) throw new Error('there is no such service')
    return service
  }
  try {
    for (const host of ['host1', 'host2']) await group.join({ name: 'nova-compute', hostname: host, process: 4711 })
    await use({ store, group, find })
  } finally {
    await group.close()
  }
}

/** What was told of the last change. */
async function lastChange(store: Store): Promise<Change | undefined> {
  const session = await openSession(store.backend)
  try {
    return (await readOutbox(session)).at(-1)?.change
  } finally {
    await session.close()
  }
}

const decided = ({ status, disabledReason, forcedDown, maintenance }: Service): unknown => ({ status, disabledReason, forcedDown, maintenance: maintenance && { note: maintenance.note, until: maintenance.until } })

/** What stands behind `undo:`, as words for `svc`: a shell has taken it apart. */
function undoWords(stdout: string): string[] {
  const [, line = ''] = /^undo: svc (.*)$/m.exec(stdout) ?? []
  return spawnSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' }).stdout.split('\n').slice(0, -1)
}

test('disable and enable say what they have done, who did it is in the history, and what undoes it can be pasted', () =>
  withServices(async ({ store, find }) => {
    const disabled = await store.svc(['disable', 'nova-compute@host1', '--reason', `it's "new" disks`, '--yes'], { SVC_ACTOR: 'ann@ops' })
    expect(disabled).toEqual({ code: 0, signal: null, stderr: '', stdout: `nova-compute@host1 is disabled: "it's "new" disks"; for schedulers it is down\nundo: svc enable nova-compute@host1\n` })
    expect(await find(first)).toMatchObject({ status: 'disabled', disabledReason: `it's "new" disks`, state: 'up', effective: 'down' })
    expect(await lastChange(store)).toMatchObject({ type: 'updated', cause: 'admin', actor: 'ann@ops', source: 'svc', reason: `it's "new" disks` })

    const enabled = await store.svc(undoWords(disabled.stdout)) // without --yes, and without a terminal
    expect(enabled).toMatchObject({ code: 0, stderr: '', stdout: `nova-compute@host1 is enabled; for schedulers it is up\nundo: svc disable nova-compute@host1 --reason 'it'\\''s "new" disks'\n` })
    expect(await find(first)).toMatchObject({ status: 'enabled', disabledReason: null })
    expect(await lastChange(store)).toMatchObject({ actor: thisUser(), reason: null })

    expect(await store.svc([...undoWords(enabled.stdout), '-y'])).toMatchObject({ code: 0 })
    expect(await find(first)).toMatchObject({ status: 'disabled', disabledReason: `it's "new" disks` })
  }))

test.each([
  ['disable', [['disable', 'host1', '--reason', 'disk']]],
  ['disable of a disabled one, for another reason', [['disable', 'host1', '--reason', 'disk'], ['disable', 'host1', '--reason', 'fan']]],
  ['enable of one that was disabled without a reason', [['disable', 'host1', '--reason', ''], ['enable', 'host1']]],
  ['force-down', [['force-down', 'host1']]],
  ['force-down --unset', [['force-down', 'host1'], ['force-down', 'host1', '--unset']]],
  ['maintenance on', [['maintenance', 'on', 'host1', '--until', '2h', '--reason', 'kernel']]],
  ['maintenance on over a window', [['maintenance', 'on', 'host1', '--until', '2h', '--reason', 'kernel'], ['maintenance', 'on', 'host1', '--until', '2099-01-01T00:00:00Z', '--reason', '']]],
  ['maintenance off', [['maintenance', 'on', 'host1', '--until', '2099-01-01T01:00:00+01:00', '--reason', 'kernel'], ['maintenance', 'off', 'host1']]],
])('the command that undoes %s brings back what was decided before', (_, commands) =>
  withServices(async ({ store, find }) => {
    let [before, stdout] = [decided(await find(first)), '']
    for (const words of commands) {
      before = decided(await find(first))
      const done = await store.svc([...words, '--yes'])
      expect(done).toMatchObject({ code: 0, stderr: '' })
      expect(decided(await find(first))).not.toEqual(before)
      stdout = done.stdout
    }
    expect(await store.svc([...undoWords(stdout), '--yes'])).toMatchObject({ code: 0, stderr: '' })
    expect(decided(await find(first))).toEqual(before)
  }),
)

test('the command that undoes looks where the change was made, unless that would show a password', () =>
  withServices(async ({ store, find }) => {
    const { stdout } = await store.svc(['force-down', 'host1', '--yes', '--backend', store.backend], { SVC_BACKEND: 'embedded:/nowhere' })
    expect(stdout).toContain(`\nundo: svc force-down nova-compute@host1 --unset --backend ${store.backend}\n`)
    expect(await store.svc([...undoWords(stdout), '-y'], { SVC_BACKEND: 'embedded:/nowhere' })).toMatchObject({ code: 0 })
    expect(await find(first)).toMatchObject({ forcedDown: false })
  }))

test('a window that was to begin later is not brought back as one that begins now', () =>
  withServices(async ({ store, group }) => {
    await group.update(first, { maintenance: { note: 'kernel', start: '2098-01-01T00:00:00Z', until: '2099-01-01T00:00:00Z' } })
    expect((await store.svc(['maintenance', 'off', 'host1', '--yes'])).stdout).toContain('\ncannot be undone: maintenance was to begin at 2098-01-01T00:00:00.000Z and to end at 2099-01-01T00:00:00.000Z\n')
  }))

test.each([['disable', 'host1', '--reason', 'disk'], ['force-down', 'host1'], ['maintenance', 'on', 'host1', '--until', '2h', '--reason', 'disk'], ['maintenance', 'off', 'host1'], ['delete', 'host1']])(
  'without a terminal svc %s %s changes nothing unless --yes is given',
  (...words) =>
    withServices(async ({ store, find }) => {
      const before = await find(first)
      expect(await store.svc(words)).toMatchObject({ code: 64, stdout: '', stderr: 'svc: There is no terminal to ask on\nsvc: Give --yes to do it without a question, or --dry-run to see what it would change.\n' })
      expect(await find(first)).toEqual(before)
    }),
)

const onTerminal = spawnSync('script', ['--version']).status === 0 ? test : test.skip

onTerminal.each([
  ['y', 0, 'disabled'],
  ['n', 2, 'enabled'],
  ['', 2, 'enabled'],
])('on a terminal it asks, and the answer %j ends in %d and leaves it %s', (answer, status, then) =>
  withServices(async ({ store, find }) => {
    const command = `exec '${process.execPath}' '${svcFile}' disable host1 --reason disk`
    const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env: { ...process.env, ...store.env }, stdio: ['pipe', 'pipe', 'inherit'] })
    let asked = ''
    terminal.stdout.setEncoding('utf8').on('data', (shown: string) => {
      if (!asked.includes('[y/N] ') && (asked + shown).includes('[y/N] ')) terminal.stdin.write(`${answer}\n`)
      asked += shown
    })
    const code = await new Promise((resolve) => terminal.once('close', resolve))
    expect(asked).toContain('svc: Disable nova-compute@host1? [y/N] ')
    expect(code).toBe(status)
    expect(await find(first)).toMatchObject({ status: then })
    if (status === 2) expect(asked).toContain('svc: nothing was changed')
  }),
)

test('--dry-run shows each field that would be another, asks nothing, and changes nothing', () =>
  withServices(async ({ store, find }) => {
    const before = await find(first)
    expect(await store.svc(['disable', 'host1', '--reason', 'disk', '--dry-run'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'nova-compute@host1 would be changed\n  Status: enabled -> disabled\n  Disabled Reason: none -> disk\n  Effective: up -> down\n',
    })
    expect((await store.svc(['force-down', 'host1', '--dry-run'])).stdout).toBe('nova-compute@host1 would be changed\n  State: up -> down\n  Forced Down: False -> True\n  Effective: up -> down\n')
    expect((await store.svc(['enable', 'host1', '--dry-run'])).stdout).toBe('nova-compute@host1 would not be changed\n')
    expect((await store.svc(['maintenance', 'on', 'host1', '--until', '2099-01-01T00:00:00Z', '--reason', 'kernel', '--dry-run'])).stdout).toMatch(/\n {2}Maintenance: none -> note=kernel, start=\S+, until=2099-01-01T00:00:00.000Z\n/)
    expect(await store.svc(['delete', 'host1', '--dry-run'])).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining('has 1 live worker') })
    expect((await store.svc(['delete', 'host1', '--dry-run', '--force'])).stdout).toContain(`nova-compute@host1 would be deleted\n  Uuid: ${before.uuid} -> none\n`)
    expect(await find(first)).toEqual(before)
  }))

test('a change that changes nothing writes nothing, and says so', () =>
  withServices(async ({ store, find }) => {
    const before = await find(first)
    expect(await store.svc(['enable', 'host1'])).toMatchObject({ code: 0, stdout: 'nova-compute@host1 is enabled; for schedulers it is up, as it was\n' })
    expect(await find(first)).toEqual(before)
  }))

test('several services are changed one by one, and one that fails does not keep the others', () =>
  withServices(async ({ store, find }) => {
    const { code, stdout, stderr } = await store.svc(['disable', 'host1', 'nobody', 'host2', 'nova-compute@host1', '--reason', 'disk', '--yes'])
    expect({ code, stderr: stderr.split('\n')[0] }).toEqual({ code: 3, stderr: `svc: The service 'nobody' was not found` })
    expect(stdout.match(/^nova-compute@host\d is disabled/gm)).toEqual(['nova-compute@host1 is disabled', 'nova-compute@host2 is disabled'])
    expect(await find(second)).toMatchObject({ status: 'disabled' })
  }))

test('--if-version changes what was read and nothing else: a conflict ends in 6', () =>
  withServices(async ({ store, find }) => {
    const { index } = await find(first)
    expect(await store.svc(['disable', 'host1', '--reason', 'disk', '--if-version', index, '--yes'])).toMatchObject({ code: 0 })
    for (const more of [['--yes'], ['--dry-run']]) {
      expect(await store.svc(['enable', 'host1', '--if-version', index, ...more])).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining('has been changed in the meantime') })
    }
    expect(await find(first)).toMatchObject({ status: 'disabled' })
    expect(await store.svc(['enable', 'host1', 'host2', '--if-version', index])).toMatchObject({ code: 64 })
  }))

test('a service with live workers is deleted only by force, and nothing pretends that this can be undone', () =>
  withServices(async ({ store, group }) => {
    expect(await store.svc(['delete', 'host1', '--yes'])).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining('has 1 live worker') })
    expect(await store.svc(['delete', 'host1', '--force', '--yes'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^nova-compute@host1 is deleted\ncannot be undone: /) })
    expect((await group.getOne(first)).service).toBeUndefined()
    expect(await store.svc(['delete', 'host1', '--yes'])).toMatchObject({ code: 3 })
  }))

test('a backend that cannot be reached ends in 69, and what was not tried is told', async () => {
  await using store = await Store.create()
  const { code, stderr } = await store.svc(['enable', 'host1', 'host2', '--backend', 'zookeeper://127.0.0.1:1?timeout=1s'])
  expect(code).toBe(69)
  expect(stderr).toMatch(/not tried: 1 more\n$/)
})

test.each([
  [['disable', 'host1'], 'Why? Write svc disable TARGET --reason REASON'],
  [['maintenance', 'on', 'host1', '--reason', 'x'], 'Until when? Write svc maintenance on TARGET --until 2h --reason REASON'],
  [['maintenance', 'on', 'host1', '--reason', 'x', '--until', 'soon'], `--until: 'soon' is neither a duration nor a time`],
  [['maintenance', 'on', 'host1', '--reason', 'x', '--until', '2026-11-28'], `--until: '2026-11-28' is neither a duration nor a time`],
  [['maintenance', 'on', 'host1', '--reason', 'x', '--until', '2020-01-01T00:00:00Z', '--yes'], 'A maintenance window ends after it begins'],
  [['disable', 'host1', '--reason', 'x'.repeat(256), '--dry-run'], 'disabledReason has 256 characters, at most 255'],
])('svc %j exits with 64 and says what is wrong', (words, sentence) =>
  withServices(async ({ store }) => {
    expect(await store.svc(words)).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining(`svc: ${sentence}`) })
  }),
)

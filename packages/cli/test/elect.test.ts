import { eventually } from '@muster/testkit'
import { expect, test } from '@jest/globals'

import { Store } from './svc.js'

const leading = `setInterval(() => {}, 1000); process.on('SIGTERM', () => process.exit(9)); console.log('leads with ' + process.env.SVC_FENCING_TOKEN)`
const command = ['--', process.execPath, '-e', leading]
const leads = /^leads with (\d+)$/

test('one leads at a time; killed or ended it is followed by the next one, which svc leader -w tells', async () => {
  await using store = await Store.create()
  await using watch = store.start(['leader', 'g', '-w', '-f', 'json'])
  await watch.line(/^\{"type":"leader","group":"g","leader":null\}$/) // there is not even a group
  await using first = store.start(['elect', 'g', ...command], { SVC_HOSTNAME: 'h1' })
  const [, token = ''] = await first.line(leads)
  await watch.line(new RegExp(`"memberId":"node_h1_${first.pid}_[0-9a-f]{8}","hostname":"h1","process":${first.pid},"since":"[^"]*Z","fencingToken":"${token}"`))
  await using second = store.start(['elect', 'g', ...command], { SVC_HOSTNAME: 'h2' })
  await second.line(new RegExp(`^svc: waiting for the leadership of group 'g': held by node_h1_${first.pid}_`), { from: 'stderr' })
  expect(second.stdout).toBe('')
  first.signal('SIGKILL')
  const [, later = ''] = await second.line(leads)
  expect(Number(later)).toBeGreaterThan(Number(token))
  await watch.line(new RegExp(`"hostname":"h2","process":${second.pid}`))
  const { code, stdout } = await store.svc(['leader', 'g', '-f', 'json'])
  expect([code, JSON.parse(stdout)]).toEqual([0, [{ 'Group': 'g', 'Since': expect.stringMatching(/Z$/), 'Age': expect.stringMatching(/s$/), 'Hostname': 'h2', 'Process Id': second.pid, 'Member Id': expect.stringMatching(/^node_h2_/), 'Fencing Token': later }]])
  second.signal('SIGTERM')
  expect(await second.exited).toEqual({ code: 9, signal: null })
  await eventually(() => expect(watch.stdout.trim().split('\n').at(-1)).toBe('{"type":"leader","group":"g","leader":null}'))
  watch.signal('SIGINT')
  expect(await watch.exited).toEqual({ code: 130, signal: null })
  expect(watch.stderr).toBe('')
})

test('svc leader: 5 when nobody leads, 3 with the groups there are when there is no such group', async () => {
  await using store = await Store.create()
  expect(await store.svc(['elect', 'g', '--', 'sh', '-c', 'exit 4'])).toMatchObject({ code: 4, stderr: '' })
  expect(await store.svc(['leader', 'g', '-f', 'json'])).toMatchObject({ code: 5, stdout: '[]\n', stderr: "svc: nobody leads group 'g'\n" })
  expect(await store.svc(['leader', 'gg'])).toMatchObject({ code: 3, stdout: '', stderr: "svc: Group 'gg' has not been created\nsvc: groups: g\n" })
  expect((await store.svc(['complete', '--', 'elect', ''])).stdout).toMatch(/^g\t\n/)
})

test('for people svc leader -w writes a line for each change', async () => {
  await using store = await Store.create()
  await using watch = store.start(['leader', 'g', '-w'])
  await watch.line(/^\d\d:\d\d:\d\d {2}group g {2}nobody leads$/)
  await using svc = store.start(['elect', 'g', ...command], { SVC_HOSTNAME: 'h1' })
  const [, token = ''] = await svc.line(leads)
  await watch.line(new RegExp(`^\\d\\d:\\d\\d:\\d\\d {2}group g {2}led by node_h1_${svc.pid}_[0-9a-f]{8} {2}h1 {2}pid ${svc.pid} {2}token ${token}$`))
})

test('Ctrl-C while it waits for the election: it leaves the line, the group stays', async () => {
  await using store = await Store.create()
  await using first = store.start(['elect', 'g', ...command])
  await first.line(leads)
  await using second = store.start(['elect', 'g', ...command])
  await second.line(/waiting for/, { from: 'stderr' })
  second.signal('SIGINT')
  expect(await second.exited).toEqual({ code: 130, signal: null })
  first.signal('SIGTERM')
  expect(await first.exited).toEqual({ code: 9, signal: null })
  expect((await store.svc(['leader', 'g'])).code).toBe(5) // and not the one who has gone
  expect((await store.svc(['groups', '-f', 'value', '-c', 'group'])).stdout).toBe('g\n')
})

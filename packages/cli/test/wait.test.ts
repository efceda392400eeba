import { once } from 'node:events'
import { createServer } from 'node:http'

import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import { freePort } from '@muster/testkit'

import { Store } from './svc.js'

test('a wait ends when as many workers are up as were asked for, and says how many', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    await using svc = store.start(['wait', '--group', 'vitrage', '--count', '2', '--timeout', '10s'])
    await serviceGroup.join({ group: 'vitrage', name: 'a' })
    await serviceGroup.join({ group: 'other', name: 'b' })
    await serviceGroup.join({ group: 'vitrage', name: 'c' })
    expect(await svc.exited).toEqual({ code: 0, signal: null })
    expect(svc.stdout).toMatch(/^2 workers in group 'vitrage' after \d+m?s\n$/)
    expect(svc.stderr).toBe('')
  } finally {
    await serviceGroup.close()
  }
})

test('a wait for the end of workers goes on while one is left, and ends when it leaves', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    const first = await serviceGroup.join({ group: 'vitrage', name: 'a', hostname: 'h1' })
    const second = await serviceGroup.join({ group: 'vitrage', name: 'b', hostname: 'h1' })
    await using svc = store.start(['wait', '--hostname', 'h1', '--for', 'gone'])
    expect(await store.svc(['wait', '--hostname', 'h1', '--for', 'gone', '--count', '3', '--timeout', '5s'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^2 workers on host 'h1' after/) })
    await first.leave()
    await second.leave()
    expect(await svc.exited).toEqual({ code: 0, signal: null })
    expect(svc.stdout).toMatch(/^no workers on host 'h1' after/)
  } finally {
    await serviceGroup.close()
  }
})

test('gone is true at once where nothing is, also in a store that is not there', async () => {
  await using store = await Store.create()
  expect(await store.svc(['wait', '--group', 'x', '--for', 'gone'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^no workers in group 'x' after/), stderr: '' })
})

test('when the time is over the status is 124 and the sentence says how many there were', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    await serviceGroup.join({ group: 'vitrage', name: 'a' })
    const { code, stdout, stderr } = await store.svc(['wait', '--group', 'vitrage', '--count', '3', '--timeout', '700ms'])
    expect({ code, stdout }).toEqual({ code: 124, stdout: '' })
    expect(stderr).toMatch(/^svc: timed out after \S+: 1 worker in group 'vitrage', waited for at least 3\n$/)
  } finally {
    await serviceGroup.close()
  }
})

test('a wait of no time looks once: 0 when it is so, 124 when not, 69 when nobody answers', async () => {
  await using store = await Store.create()
  expect(await store.svc(['wait', '--for', 'gone', '--timeout', '0'])).toMatchObject({ code: 0, stderr: '' })
  expect(await store.svc(['wait', '--timeout', '0'])).toMatchObject({ code: 124, stderr: expect.stringContaining('no workers, waited for at least 1') })
  expect(await store.svc(['wait', '--timeout', '0', '--endpoint', `http://127.0.0.1:${await freePort()}`])).toMatchObject({ code: 69, stdout: '' })
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a wait with %i', async (signal, code) => {
  await using store = await Store.create()
  const silent = createServer().listen(0, '127.0.0.1') // takes the question and never answers
  await once(silent, 'listening')
  try {
    const asked = new Promise((resolve) => silent.once('request', resolve))
    const address = silent.address()
    await using svc = store.start(['wait', '--endpoint', `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`])
    await asked
    svc.signal(signal)
    expect(await svc.exited).toEqual({ code, signal: null })
    expect(svc.stderr).toMatch(/^svc: stopped after \S+: nobody answered, waited for at least 1\n$/)
  } finally {
    silent.closeAllConnections()
    silent.close()
  }
})

test('a wait that was begun before the server says so once and ends when the server has what is waited for', async () => {
  await using store = await Store.create()
  const port = String(await freePort())
  await using svc = store.start(['wait', '--endpoint', `http://127.0.0.1:${port}`, '--timeout', '15s'])
  await svc.line(/^svc: no answer yet, trying on: Cannot reach http:/, { from: 'stderr' })
  await using server = store.start(['serve', '--port', port])
  await server.line(/^listening on/)
  await using worker = store.start(['run', '--', 'sleep', '60'])
  expect(await svc.exited).toEqual({ code: 0, signal: null })
  expect(svc.stdout).toMatch(/^1 worker after/)
  expect(svc.stderr.split('\n')).toHaveLength(2)
  worker.signal('SIGTERM')
  server.signal('SIGTERM')
  await Promise.all([worker.exited, server.exited])
})

test('a list that must not be empty exits with 5 when it is, and with 0 when it is not', async () => {
  await using store = await Store.create()
  expect(await store.svc(['list', '--fail-empty'])).toMatchObject({ code: 5, stdout: '\n', stderr: 'svc: no workers\n' })
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    await serviceGroup.join({ group: 'vitrage', name: 'a' })
    expect(await store.svc(['list', '--fail-empty'])).toMatchObject({ code: 0, stderr: '' })
    expect(await store.svc(['list', '--fail-empty', '--name', 'x'])).toMatchObject({ code: 5 })
    expect(await store.svc(['list', '--name', 'x'])).toMatchObject({ code: 0, stderr: 'svc: no matching workers\n' })
  } finally {
    await serviceGroup.close()
  }
})

import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'

import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import { eventually, freePort, within } from '@muster/testkit'

import { Store } from './svc.js'

test('svc serve says where it listens; svc list and svc groups ask it; TERM stops it with status 0', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    await serviceGroup.join({ group: 'vitrage', name: 'indexer worker(0)', process: 7, hostname: 'controller-1' })
    await using server = store.start(['serve', '--port', '0'])
    const [, endpoint = ''] = await server.line(/^listening on (http:\/\/127\.0\.0\.1:\d+)$/)

    await eventually(async () => {
      const { code, stdout, stderr } = await store.svc(['list', '--endpoint', endpoint, '--type', 'indexer'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('| indexer worker(0) |          7 | controller-1 |')
    })
    expect((await store.svc(['list', '--classic'], { SVC_ENDPOINT: endpoint })).stdout).toBe((await store.svc(['list', '--classic'])).stdout)
    expect((await store.svc(['groups', '--endpoint', endpoint])).stdout).toBe((await store.svc(['groups'])).stdout)
    expect((await store.svc(['list', '--endpoint', endpoint, '--group', 'x'])).stderr).toBe(`svc: no workers in group 'x' (groups: vitrage)\n`)

    server.signal('SIGTERM')
    expect(await server.exited).toEqual({ code: 0, signal: null })
  } finally {
    await serviceGroup.close()
  }
})

test('INT stops svc serve as well; host and port come from the environment', async () => {
  await using store = await Store.create()
  const port = String(await freePort())
  await using server = store.start(['serve'], { SVC_HOST: 'localhost', SVC_PORT: port })
  await server.line(new RegExp(`^listening on http://localhost:${port}$`))
  server.signal('SIGINT')
  expect(await server.exited).toEqual({ code: 0, signal: null })
})

test('a busy port is refused with one to try', async () => {
  await using store = await Store.create()
  const busy = createServer().listen(0, '127.0.0.1')
  await once(busy, 'listening')
  try {
    const address = busy.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { code, stdout, stderr } = await store.svc(['serve', '--port', String(port)])
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain(`svc: Port ${port} is in use. Try svc serve --port ${port + 1} (or SVC_PORT=${port + 1}).\n`)
  } finally {
    busy.close()
  }
})

test('beyond loopback svc serve refuses to listen: 4', async () => {
  await using store = await Store.create()
  const { code, stdout, stderr } = await store.svc(['serve', '--host', '0.0.0.0', '--port', '0'])
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
  expect(stderr).toMatch(/^svc: .*0\.0\.0\.0.*loopback/m)
})

test('a server that is not there is 69, never an empty list', async () => {
  await using store = await Store.create()
  const { code, stdout, stderr } = await store.svc(['list', '--endpoint', `http://127.0.0.1:${await freePort()}`])
  expect({ code, stdout }).toEqual({ code: 69, stdout: '' })
  expect(stderr).toMatch(/^svc: Cannot reach http:\/\/127\.0\.0\.1:\d+/)
})

test('Ctrl-C ends svc list at once while a server does not answer', async () => {
  await using store = await Store.create()
  const silent = createHttpServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const asked = once(silent, 'request')
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    await using svc = store.start(['list', '--endpoint', `http://127.0.0.1:${port}`])
    await asked
    svc.signal('SIGINT')
    expect(await within(svc.exited, 1000, 'the end of svc list')).toEqual({ code: null, signal: 'SIGINT' })
  } finally {
    silent.closeAllConnections()
    silent.close()
  }
})

test('how clusters are kept is said by options, the environment or a file', async () => {
  await using store = await Store.create()
  await using server = store.start(['serve', '--port', '0', '--event-log', 'off', '--keep-events', '5m', '--erase-every', '10s'], { SVC_REPORTER_TIMEOUT: '1m' })
  const [, url = ''] = await server.line(/^listening on (\S+)$/)
  await eventually(async () => expect((await fetch(`${url}/v1/cluster`)).headers.get('X-Svc-Event-Log')).toBe('off'))
  for (const [words, message] of [[['--event-log', 'of'], "'of' is neither on nor off"], [['--reporter-timeout', '0'], 'incomplete at once'], [['--keep-events', 'long'], 'long'], [['--erase-every', 'often'], 'often']] as const) {
    const { code, stderr } = await store.svc(['serve', '--port', '0', ...words])
    expect([code, stderr]).toEqual([64, expect.stringContaining(message)])
  }
}, 60_000)

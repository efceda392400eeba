import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import type { AddressInfo, Server } from 'node:net'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'

import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import { freePort } from '@muster/testkit'

import { diagnose } from './doctor.js'
import { Store, svcFile } from './svc.js'

async function listening<T extends Server>(server: T): Promise<{ port: number; server: T } & AsyncDisposable> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: () => promisify(server.close.bind(server))() }
}

test('a store in use is in order, and looking at it changes nothing', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(store.backend)
  try {
    await serviceGroup.join({ group: 'vitrage', name: 'a' })
    const groups = await store.svc(['groups'])
    const { code, stdout, stderr } = await store.svc(['doctor'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^(?:(?:ok|skip) {2,4}\S.* {2,}\S.*\n)+\n\d+ ok(, \d+ skipped)?\n$/)
    expect(stdout).toMatch(/^ok {4}looks at {6}embedded:.*\/store \(SVC_BACKEND\)$/m)
    expect(stdout).toMatch(/^ok {4}sessions {6}1 session$/m)
    expect(stdout).toMatch(/^ok {4}sweeper {7}process \d+ sweeps, \d+ ms ago$/m)
    expect(await store.svc(['groups'])).toEqual(groups)
  } finally {
    await serviceGroup.close()
  }
})

test('a store that is not there yet is in order, and is not made', async () => {
  await using store = await Store.create()
  const diagnosis = await diagnose(store, [])
  expect(diagnosis.code).toBe(0)
  expect(diagnosis.of('folder')).toMatchObject([{ status: 'ok', found: expect.stringContaining('is not there yet') }])
  expect(diagnosis.with('skip')).toContain('integrity')
  expect(existsSync(`${store.folder}/store`)).toBe(false)
})

test('a folder that others may enter is told with the command that shuts it', async () => {
  await using store = await Store.create()
  await mkdir(`${store.folder}/store`)
  await chmod(`${store.folder}/store`, 0o755)
  const diagnosis = await diagnose(store, [])
  expect(diagnosis.code).toBe(0)
  expect(diagnosis.of('owner')).toMatchObject([{ status: 'warn', advice: `chmod 700 ${store.folder}/store` }])
})

test('a folder that may not be read is a failure, and nothing behind it is looked at', async () => {
  await using store = await Store.create()
  await mkdir(`${store.folder}/store`, { mode: 0 })
  // Root may read everything, unless it has given that up.
  const powerless = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--'] : ['env']
  const child = spawn(powerless[0] ?? '', [...powerless.slice(1), process.execPath, svcFile, 'doctor'], { env: { ...process.env, ...store.env }, stdio: ['ignore', 'pipe', 'inherit'] })
  const [stdout, exit] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(exit).toEqual([1, null])
  expect(stdout).toContain(`fail  folder        ${store.folder}/store may not be read and written by this user\n                    -> Run as its owner, or name another folder`)
  expect(stdout).toMatch(/1 not in order, \d+ skipped \(the folder cannot be used: owner, /)
})

test('a file that is no store, and a path that is no folder, are told', async () => {
  await using store = await Store.create()
  await mkdir(`${store.folder}/store`, { mode: 0o700 })
  await writeFile(`${store.folder}/store/store.db`, 'x'.repeat(5000))
  const noStore = await diagnose(store, [])
  expect(noStore.code).toBe(69)
  expect(noStore.of('store')).toMatchObject([{ status: 'fail', found: expect.stringContaining('not a store of Muster') }])
  const noFolder = await diagnose(store, ['--backend', `embedded:${store.folder}/store/store.db`])
  expect(noFolder.code).toBe(1)
  expect(noFolder.of('folder')).toMatchObject([{ status: 'fail', found: expect.stringContaining('is not a folder') }])
})

test('a backend URL that is wrong is told beside the variable that it comes from', async () => {
  await using store = await Store.create()
  const diagnosis = await diagnose(store, [], { SVC_BACKEND: 'zookeper://user:secret@zk1' })
  expect(diagnosis.code).toBe(1)
  expect(diagnosis.of('looks at')).toMatchObject([{ found: 'zookeper://user:***@zk1 (SVC_BACKEND)' }])
  expect(diagnosis.of('url')).toMatchObject([{ status: 'fail', found: `Unknown backend 'zookeper'. Did you mean 'zookeeper'?` }])
  expect(diagnosis.stdout).not.toContain('secret')
  expect((await diagnose(store, [], { SVC_BACKEND: '//user:secret@zk1' })).stdout).not.toContain('secret')
  expect((await diagnose(store, ['--endpoint', 'http://user:secret@h1'])).stdout).not.toContain('secret')
})

test('a server of Muster that is healthy is in order', async () => {
  await using store = await Store.create()
  await using server = store.start(['serve', '--port', '0'])
  const [, endpoint = ''] = await server.line(/^listening on (\S+)$/)
  const diagnosis = await diagnose(store, ['--endpoint', endpoint])
  expect(diagnosis.code).toBe(0)
  expect(diagnosis.with('ok')).toEqual(['node', 'muster', 'looks at', 'name', 'tcp', 'livez', 'readyz', 'version', 'clock'])
  expect(diagnosis.with('skip')).toEqual(['tls'])
})

test('a server that is not ready is a failure', async () => {
  await using store = await Store.create()
  await using server = store.start(['serve', '--port', '0', '--backend', `zookeeper://127.0.0.1:${await freePort()}`])
  const [, endpoint = ''] = await server.line(/^listening on (\S+)$/)
  const diagnosis = await diagnose(store, ['--endpoint', endpoint])
  expect(diagnosis.code).toBe(1)
  expect(diagnosis.of('readyz')).toMatchObject([{ status: 'fail', found: 'HTTP 503: the server is unavailable, its backend is suspended' }])
})

test.each([
  ['zookeeper', (address: string) => ['--backend', `zookeeper://${address}`]],
  ['http', (address: string) => ['--endpoint', `http://${address}`]],
])('%s: a port where nothing listens, and a name that nobody knows: 69', async (_, words) => {
  await using store = await Store.create()
  const dead = await diagnose(store, words(`127.0.0.1:${await freePort()}`))
  expect(dead.code).toBe(69)
  expect(dead.of('tcp')).toMatchObject([{ status: 'fail', found: expect.stringContaining('nothing listens there'), advice: expect.stringContaining('firewall') }])
  const unknown = await diagnose(store, words('no-such-host.invalid:2181'))
  expect(unknown.code).toBe(69)
  expect(unknown.of('name')).toMatchObject([{ status: 'fail', found: expect.stringMatching(/^no-such-host\.invalid: /) }])
  expect(unknown.of('tcp')).toMatchObject([{ status: 'skip' }])
})

test.each([
  ['zookeeper', 'session', (address: string) => ['--backend', `zookeeper://${address}`]],
  ['http', 'livez', (address: string) => ['--endpoint', `http://${address}`]],
])('%s: a port that answers with garbage, and one that never answers: 69', async (_, check, words) => {
  await using store = await Store.create()
  await using garbage = await listening(createServer((socket) => void socket.on('error', () => {}).resume().end('220 mail.example.org ESMTP\r\n')))
  const garbled = await diagnose(store, words(`127.0.0.1:${garbage.port}`))
  expect(garbled.code).toBe(69)
  expect(garbled.of(check)).toMatchObject([{ status: 'fail' }])
  await using silence = await listening(createServer((socket) => void socket.on('error', () => {}).resume()))
  const silent = await diagnose(store, words(`127.0.0.1:${silence.port}`))
  expect(silent.code).toBe(69)
  expect(silent.of(check)).toMatchObject([{ status: 'fail' }])
}, 40_000)

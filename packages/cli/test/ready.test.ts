import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { join } from 'node:path'

import { eventually, freePort, makeTlsFiles } from '@muster/testkit'
import { expect, test } from '@jest/globals'

import { Store } from './svc.js'

/** A server that listens from USR1 on and answers 503 twice; TERM ends it with 9. */
const slowServer = `
const [port] = process.argv.slice(1)
let asked = 0
const server = require('node:http').createServer((request, response) => {
  response.writeHead(++asked < 3 ? 503 : 200).end()
  if (asked === 3) console.log('ready')
})
process.on('SIGUSR1', () => server.listen(port, '127.0.0.1'))
process.on('SIGTERM', () => process.exit(9))
setInterval(() => {}, 1000)
console.log('started')`

test.each([
  ['a port, when it accepts', (port: number) => `tcp://:${port}`, 0],
  ['a URL, when it answers 2xx', (port: number) => `http://127.0.0.1:${port}/health`, 3],
])('the command is listed when it is ready: %s', async (_, ready, answers) => {
  await using store = await Store.create()
  const port = await freePort()
  await using svc = store.start(['run', '--ready', ready(port), '--', process.execPath, '-e', slowServer, String(port)])
  await svc.line(/^started/)
  expect(await store.list()).toEqual([])
  svc.signal('SIGUSR1')
  await eventually(async () => expect(await store.list()).toHaveLength(1))
  expect(svc.stdout.includes('ready')).toBe(answers > 0)
  svc.signal('SIGTERM')
  expect(await svc.exited).toEqual({ code: 9, signal: null })
  expect(svc.stderr).toBe('')
})

test('a file that the command makes is a sign of readiness; it is no health check: the worker stays when the file goes', async () => {
  await using store = await Store.create()
  const file = join(store.folder, 'ready')
  const script = 'trap "echo asked >&2; touch $0" USR1; echo started; while :; do sleep 0.05; done'
  await using svc = store.start(['run', '--ready', `file:${file}`, '--', 'sh', '-c', script, file])
  await svc.line(/^started/)
  expect(await store.list()).toEqual([])
  svc.signal('SIGUSR1')
  await eventually(async () => expect(await store.list()).toHaveLength(1))
  expect(svc.stderr).toBe('asked\n')
})

test('https is asked without a look at its certificate', async () => {
  await using store = await Store.create()
  const { server: file } = await makeTlsFiles(store.folder)
  const pem = await readFile(file)
  await using server = createHttpsServer({ key: pem, cert: pem }, (_, response) => response.end('ok'))
  const port = await freePort()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  await using svc = store.start(['run', '--ready', `https://localhost:${port}/`, '--', 'sleep', '60'])
  await eventually(async () => expect(await store.list()).toHaveLength(1))
  svc.signal('SIGTERM')
  await svc.exited
})

test('a command that ends before it is ready: its exit status, and nothing was ever joined', async () => {
  await using store = await Store.create()
  const file = join(store.folder, 'ready')
  expect(await store.svc(['run', '--ready', `file:${file}`, '--', 'sh', '-c', 'sleep 0.3; exit 3'])).toMatchObject({ code: 3, stderr: '' })
  expect(JSON.parse((await store.svc(['groups', '-f', 'json'])).stdout)).toMatchObject([{ Group: 'default', Members: 0 }])
})

test('TERM while the command is not ready yet is passed on, and it is never listed', async () => {
  await using store = await Store.create()
  const file = join(store.folder, 'ready')
  const script = 'trap "touch $0" TERM; trap "exit 6" USR1; echo started; while :; do sleep 0.05; done'
  await using svc = store.start(['run', '--ready', `file:${file}`, '--', 'sh', '-c', script, file])
  await svc.line(/^started/)
  svc.signal('SIGTERM')
  await eventually(() => readFile(file))
  expect(await store.list()).toEqual([])
  svc.signal('SIGUSR1')
  expect(await svc.exited).toEqual({ code: 6, signal: null })
  expect(svc.stderr).toBe('')
})

test('a command that is not ready in time gets TERM, and svc says why and exits with 124 whatever its status is', async () => {
  await using store = await Store.create()
  const port = await freePort()
  await using server = createServer((_, response) => response.writeHead(503).end())
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${port}/health`
  const { code, stdout, stderr } = await store.svc(['run', '--ready', url, '--ready-timeout', '500ms', '--', 'sh', '-c', 'trap "echo got TERM; exit 0" TERM; while :; do sleep 0.05; done'])
  expect({ code, stdout, stderr }).toEqual({ code: 124, stdout: 'got TERM\n', stderr: `svc: not ready in time: ${url}: it answers 503; ending the command\n` })
})

test('a command that is ready in time is not touched when the time is over', async () => {
  await using store = await Store.create()
  const file = join(store.folder, 'ready')
  await writeFile(file, '')
  expect(await store.svc(['run', '--ready', `file:${file}`, '--ready-timeout', '300ms', '--', 'sh', '-c', 'sleep 0.8; exit 5'])).toMatchObject({ code: 5, stderr: '' })
})

test('with --require-join the backend is asked before the command is started, ready or not', async () => {
  await using store = await Store.create()
  await writeFile(join(store.folder, 'store'), 'a file where the folder should be')
  expect(await store.svc(['run', '--require-join', '--ready', 'tcp://:1', '--', 'sh', '-c', 'echo started'])).toMatchObject({ code: 69, stdout: '' })
})

test.each([
  ['--ready', ['--ready', 'ready']],
  ['--ready-timeout without --ready', ['--ready-timeout', '1s']],
  ['--ready-timeout', ['--ready', 'tcp://:1', '--ready-timeout', 'soon']],
  ['--ready-timeout', ['--ready', 'tcp://:1', '--ready-timeout', '0']],
])('a wrong %s is refused before the start: 64', async (_, words) => {
  await using store = await Store.create()
  const { code, stdout, stderr } = await store.svc(['run', ...words, '--', 'echo', 'started'])
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  expect(stderr).toContain('svc: ')
})

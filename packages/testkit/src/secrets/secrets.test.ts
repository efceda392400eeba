import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { freePort } from '../free-port.js'
import { exchange } from '../raw-http.js'
import { spawnNode } from '../spawn-node.js'
import type { NodeProcess } from '../spawn-node.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { temporaryFolder } from '../temporary-folder.js'
import { within } from '../within.js'
import { filesIn, planted, secretsIn } from './planted.js'

const svcFile = fileURLToPath(new URL('../../../cli/bin/svc.js', import.meta.url))
const encoded = encodeURIComponent(planted.passwordInUrl)

let folder: TemporaryFolder
let port: number
let files: { readonly password: string; readonly key: string; readonly config: string; readonly wrongConfig: string }
/** A URL with a password in it, of a server that is not there. */
let backend: string
let env: Record<string, string | undefined>

beforeAll(async () => {
  folder = await temporaryFolder()
  port = await freePort()
  const at = (name: string): string => join(folder.path, 'given', name)
  files = { password: at('password'), key: at('key.pem'), config: at('svc.yaml'), wrongConfig: at('wrong.yaml') }
  backend = `zookeeper://user:${encoded}@127.0.0.1:${port}/?timeout=1s`
  await mkdir(join(folder.path, 'given'))
  await writeFile(files.password, planted.passwordInFile)
  await writeFile(files.key, `-----BEGIN PRIVATE KEY-----\n${planted.key}\n-----END PRIVATE KEY-----\n`)
  await writeFile(files.config, `backend: ${JSON.stringify(backend)}\n`)
  await writeFile(files.wrongConfig, `backend: [${JSON.stringify(backend)}]\npassword: ${JSON.stringify(planted.passwordInUrl)}\n`)
  env = { SVC_BACKEND: backend, SVC_ENDPOINT: undefined, SVC_CONFIG: '/dev/null', SVC_LOG: 'debug', SVC_ZOOKEEPER_PASSWORD: planted.passwordInEnvironment, XDG_STATE_HOME: join(folder.path, 'state') }
})

afterAll(async () => {
  await folder[Symbol.asyncDispose]()
})

const start = (words: readonly string[], more: Record<string, string | undefined> = {}): NodeProcess => spawnNode(svcFile, words, { env: { ...env, ...more } })

const commandLine = async (pid: number): Promise<string> => (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim()

/** What a command printed, once it has ended by itself. */
async function printed(words: readonly string[], more: Record<string, string | undefined> = {}): Promise<{ code: number | null; text: string }> {
  await using running = start(words, more)
  const { code } = await within(running.exited, 15_000, `svc ${words.join(' ')}`)
  return { code, text: running.stdout + running.stderr }
}

test('the search finds a secret in every form that it could be read from', () => {
  const { passwordInUrl: secret } = planted
  const shown = [secret, `https://u:${encoded}@h`, Buffer.from(`user:${secret}`).toString('base64'), Buffer.from(`x user:${secret}!`).toString('base64'), Buffer.from(secret).toString('hex'), JSON.stringify({ secret }), secret.toUpperCase()]
  for (const text of shown) expect([text, secretsIn(`before ${text} after`).length]).toEqual([text, 1])
  expect(secretsIn('nothing of that kind')).toEqual([])
})

describe('commands show no secret', () => {
  const url = (): string => backend
  const tls = (): string => `zookeeper://user@127.0.0.1:${port}/?timeout=1s&use_ssl=true&keyfile=${files.key}&certfile=${files.key}&ca=${files.key}&password_file=${files.password}`

  test.each<[name: string, words: () => readonly string[], more?: () => Record<string, string | undefined>]>([
    ['the settings', () => ['config', 'show', '--origin']],
    ['the settings of a file', () => ['config', 'show', '--origin', '--config', files.config], () => ({ SVC_BACKEND: undefined })],
    ['the settings of options', () => ['config', 'show', '--backend', url(), '--endpoint', `http://user:${encoded}@h`]],
    ['a wrong file of settings', () => ['config', 'check', files.wrongConfig]],
    ['a command with a wrong file', () => ['list', '--config', files.wrongConfig]],
    ['a backend that is not there', () => ['list']],
    ['groups of it', () => ['groups']],
    ['a lock of it', () => ['lock', '--wait', '1s', 'x', '--', 'true']],
    ['locks of it', () => ['locks']],
    ['a service of it', () => ['show', 'a@b']],
    ['what the doctor finds', () => ['doctor']],
    ['what the doctor finds, as JSON', () => ['doctor', '-f', 'json']],
    ['what the doctor finds of TLS', () => ['doctor', '--backend', tls()]],
    ['a key that is none', () => ['list', '--backend', tls()]],
    ['a password in the environment', () => ['list', '--backend', `zookeeper://user@127.0.0.1:${port}/?timeout=1s`]],
    ['a password on the command line', () => ['list', '--backend', url()]],
    ['a misspelt option', () => ['list', `--bakend=${url()}`]],
    ['a misspelt option and its value', () => ['list', '--bakend', url()]],
    ['a URL in the wrong place', () => ['list', url()]],
    ['a URL for a command', () => [url()]],
    ['an option with two values', () => ['list', '--backend', url(), '--backend', url()]],
    ['a misspelt scheme', () => ['list'], () => ({ SVC_BACKEND: url().replace('zookeeper', 'zookeper') })],
    ['a wrong port', () => ['list'], () => ({ SVC_BACKEND: url().replace(`:${port}`, ':port') })],
    ['a password that is not encoded', () => ['list'], () => ({ SVC_BACKEND: `zookeeper://user:${planted.passwordInUrl}@127.0.0.1` })],
    ['an unknown option in the URL', () => ['list'], () => ({ SVC_BACKEND: `${url()}&pasword=${encoded}` })],
    ['an endpoint that is not there', () => ['list', '--endpoint', `http://user:${encoded}@127.0.0.1:${port}`]],
    ['an endpoint that is none', () => ['list', '--endpoint', `htp://user:${encoded}@127.0.0.1:${port}`]],
    ['an endpoint with a token in its query', () => ['list', '--endpoint', `http://127.0.0.1:${port}/?token=${encoded}`]],
    ['the doctor of an endpoint', () => ['doctor', '--endpoint', `http://user:${encoded}@127.0.0.1:${port}`]],
    ['what run cannot reach', () => ['run', '--require-join', '--', 'true']],
    ['a server that cannot start', () => ['serve', '--host', '0.0.0.0']],
    ['a server with a wrong URL', () => ['serve', '--port', '0'], () => ({ SVC_BACKEND: url().replace('zookeeper', 'zookeper') })],
  ])('%s', async (_, words, more = () => ({})) => {
    const { code, text } = await printed(words(), more())
    expect({ code, isSaid: text !== '', secrets: secretsIn(text) }).toEqual({ code: expect.any(Number), isSaid: true, secrets: [] })
  })
})

describe('a password on the command line', () => {
  test.each([
    ['run --backend URL', ['run', '--backend'], ['--', process.execPath, '-e', 'setInterval(() => {}, 1000); console.log(process.pid)']],
    ['run --backend=URL', ['run', '--backend='], ['--', process.execPath, '-e', 'setInterval(() => {}, 1000); console.log(process.pid)']],
  ])('of svc %s is warned of, and gone from the process list when its command runs, which never has it', async (_, before, after) => {
    await using running = start([...before, backend, ...after].join('\n').replace('=\n', '=').split('\n'), { SVC_BACKEND: undefined })
    const [pid = ''] = await running.line(/^\d+$/)
    expect(running.stderr).toMatch(/^svc: --backend has a password, which every user of this host could read.*SVC_BACKEND/m)
    for (const process of [running.pid, Number(pid)]) expect([process, secretsIn(await commandLine(process))]).toEqual([process, []])
    running.signal('SIGTERM')
    await running.exited
    expect(secretsIn(running.stdout + running.stderr)).toEqual([])
  })

  test('from the environment stands on no command line', async () => {
    await using running = start(['run', '--', process.execPath, '-e', 'setInterval(() => {}, 1000); console.log(process.pid)'])
    const [pid = ''] = await running.line(/^\d+$/)
    for (const process of [running.pid, Number(pid)]) expect([process, secretsIn(await commandLine(process))]).toEqual([process, []])
    expect(running.stderr).not.toContain('every user')
  })
})

describe('a server tells no secret', () => {
  test.each(['embedded', 'unreachable'])('on a backend that is %s: answers, logs, metrics, files, process list', async (kind) => {
    const data = join(folder.path, kind)
    if (kind === 'embedded') await printed(['run', '--name', 'w', '--', 'true'], { SVC_BACKEND: `embedded:${data}` })
    await using server = start(['serve', '--port', '0'], { SVC_LOG: 'trace', ...(kind === 'embedded' && { SVC_BACKEND: `embedded:${data}` }) })
    const [, listening = ''] = await server.line(/^listening on http:\/\/127\.0\.0\.1:(\d+)$/, { timeoutMs: 15_000 })
    const headers = [`X-Auth-Token: ${planted.token}`, `Authorization: Bearer ${planted.bearer}`, `Cookie: session=${planted.token}`, `Proxy-Authorization: Basic ${Buffer.from(`user:${planted.bearer}`).toString('base64')}`, 'Connection: close']
    const query = `token=${encodeURIComponent(planted.query)}`
    const ask = (line: string, body = '', type = 'application/json'): string => [line, 'Host: localhost', ...headers, `Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n')
    const secretBody = JSON.stringify({ status: planted.body, [planted.body]: 1 })
    const requests = [
      ...['/', '/v1/service', '/v1/service?view=services&consistent=true', '/v1/watch', '/readyz', '/nosuch', '/v2.1/os-services', '/v2.1/nosuch'].flatMap((path) => [ask(`GET ${path} HTTP/1.1`), ask(`GET ${path}${path.includes('?') ? '&' : '?'}${query} HTTP/1.1`)]),
      ask(`PUT /v2.1/os-services/enable?${query} HTTP/1.1`, '{"host":"h","binary":"b"}'),
      ask(`DELETE /v1/service/x?${query} HTTP/1.1`),
      ask('PATCH /v1/service/x HTTP/1.1', secretBody.slice(0, -3)),
      ask('PATCH /v1/service/x HTTP/1.1', planted.body),
      ask('PATCH /v1/service/x HTTP/1.1', secretBody, `text/x-${planted.token}`.replace('~', '-')),
      ask(`GET /v1/service?${query} HTTP/1.1`).replace('Host: localhost', `Host: x\r\n X-Folded: ${planted.token}`),
      ask(`BREW /v1/service?${query} HTTP/1.1`),
    ]
    const answers = await Promise.all(requests.map(async (request) => JSON.stringify(await exchange(Number(listening), request, { untilAnswered: true }))))
    answers.push(await (await fetch(`http://127.0.0.1:${listening}/metrics`)).text())
    expect(answers.flatMap(secretsIn)).toEqual([])
    expect(secretsIn(await commandLine(server.pid))).toEqual([])
    await server.line(/"path":"\/metrics"/, { from: 'stderr' })
    server.signal('SIGTERM')
    expect(await within(server.exited, 15_000, 'the end of the server')).toEqual({ code: 0, signal: null })
    expect(secretsIn(server.stdout + server.stderr)).toEqual([])
    if (kind === 'embedded') expect(secretsIn(await filesIn(data))).toEqual([])
  })
})

import { writeFile } from 'node:fs/promises'

import { describe, expect, test } from '@jest/globals'

import { Store } from './svc.js'

async function withFile(text: string): Promise<{ store: Store; file: string } & AsyncDisposable> {
  const store = await Store.create()
  const file = `${store.folder}/svc.yaml`
  await writeFile(file, text.replaceAll('BACKEND', store.backend))
  return { store, file, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
}

describe('a file of settings', () => {
  test('says where commands look, what a worker is called and where a server listens', async () => {
    await using scene = await withFile('backend: BACKEND\ngroup: vitrage\nname: indexer\nhostname: of-file\nport: 0\nlog: silent\n')
    const { store, file } = scene
    const env = { SVC_BACKEND: undefined, SVC_CONFIG: file }
    await using worker = store.start(['run', '--', 'sleep', '60'], env)
    await store.svc(['wait', '--timeout', '20s'], env)
    const { stdout } = await store.svc(['list', '-f', 'value', '-c', 'Name', '-c', 'Hostname', '-c', 'Group', '--config', file], { SVC_BACKEND: undefined })
    expect(stdout).toBe('indexer of-file vitrage\n')
    const { stdout: locks, code } = await store.svc(['locks', '-f', 'json'], env)
    expect([locks, code]).toEqual(['[]\n', 0])

    await using server = store.start(['serve'], env)
    const [, url = ''] = await server.line(/^listening on (\S+)$/)
    expect(await (await fetch(`${url}/v1/service`)).json()).toMatchObject([{ name: 'indexer' }])
    expect(server.stderr).toBe('') // log: silent
    worker.signal('SIGTERM')
  })

  test('with a mistake ends each command with 64, the line and what was meant', async () => {
    await using scene = await withFile('backend: BACKEND\n\nprot: 1\ngruop: a\n')
    const { store, file } = scene
    const { code, stderr, stdout } = await store.svc(['list', '--config', file])
    expect([code, stdout]).toEqual([64, ''])
    expect(stderr).toBe(`svc: ${file}:3: unknown key 'prot'. Did you mean 'port'? (and 1 more)\nsvc: svc config check ${file} tells all that is wrong with it.\n`)
  })

  test('with log: debug says where an error comes from', async () => {
    await using scene = await withFile('backend: nosuch:/x\nlog: debug\n')
    const { store, file } = scene
    const { code, stderr } = await store.svc(['list'], { SVC_BACKEND: undefined, SVC_CONFIG: file })
    expect(code).toBe(64)
    expect(stderr).toMatch(/^svc: +at /m)
  })
})

describe('svc config', () => {
  test('show tells what holds and where from, and no password', async () => {
    await using scene = await withFile('backend: zookeeper://user:secret@zk1\ngroup: vitrage\n')
    const { store, file } = scene
    const { stdout, code } = await store.svc(['config', 'show', '--origin', '-f', 'json', '--port', '1', '--config', file], { SVC_BACKEND: undefined, SVC_ENDPOINT: 'http://u:secret@h1' })
    expect(code).toBe(0)
    expect(stdout).not.toContain('secret')
    expect(JSON.parse(stdout)).toEqual(expect.arrayContaining([
      { 'Setting': 'endpoint', 'Value': 'http://u:***@h1', 'Origin': 'SVC_ENDPOINT' },
      { 'Setting': 'backend', 'Value': 'zookeeper://user:***@zk1', 'Origin': `${file}:1` },
      { 'Setting': 'group', 'Value': 'vitrage', 'Origin': `${file}:2` },
      { 'Setting': 'port', 'Value': '1', 'Origin': '--port' },
      { 'Setting': 'log', 'Value': 'info', 'Origin': 'default' },
    ]))
  })

  test('check exits with 0 for a file in order, and with 64 and every mistake for another', async () => {
    await using scene = await withFile('backend: BACKEND\nport: 9000\n')
    const { store, file } = scene
    expect(await store.svc(['config', 'check', file])).toMatchObject({ code: 0, stdout: `${file} is in order: it sets backend, port\n`, stderr: '' })
    await writeFile(file, 'port: x\nhots: y\n')
    expect(await store.svc(['config', 'check', file])).toMatchObject({ code: 64, stdout: '', stderr: `svc: ${file}:1: port must be integer, e.g. 8999\nsvc: ${file}:2: unknown key 'hots'. Did you mean 'host'?\n` })
    expect(await store.svc(['config', 'check', `${file}.missing`])).toMatchObject({ code: 64 })
    expect(await store.svc(['config', 'chekc', file])).toMatchObject({ code: 64, stderr: expect.stringContaining('Write svc config show or svc config check') })
  })
})

test('what checks a file is loaded only where there is one with settings', async () => {
  await using scene = await withFile('group: vitrage\n')
  const { store, file } = scene
  const hook = `${store.folder}/loaded.cjs`
  await writeFile(hook, 'process.on("exit", () => process.stderr.write(Object.keys(require("node:module")._cache).join("\\n")))')
  const loaded = async (config: string | undefined): Promise<string> => (await store.svc(['list'], { NODE_OPTIONS: `--require=${hook}`, SVC_CONFIG: config ?? '', XDG_CONFIG_HOME: store.folder })).stderr
  expect(await loaded(file)).toContain('read-config.cjs')
  const without = await loaded(undefined)
  expect(without).toContain('shared.cjs')
  expect(without).not.toMatch(/read-config|ajv|yaml/)
})

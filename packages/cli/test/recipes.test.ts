import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { eventually, freePort } from '@muster/testkit'
import { describe, expect, test } from '@jest/globals'

import { Store, svcFile } from './svc.js'

const recipes = fileURLToPath(new URL('../../examples/', import.meta.url))
const read = (name: string): string => readFileSync(join(recipes, name), 'utf8')
const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0

/** A server of its own on the port after --port; TERM ends it with 7. */
const server = `#!${process.execPath}
const port = process.argv[process.argv.indexOf('--port') + 1]
process.on('SIGTERM', () => process.exit(7))
require('node:net').createServer((socket) => socket.destroy()).listen(port, '127.0.0.1')`

/** Runs a program as the leader of a session of its own, as an init does; ends with its scope, with all it started. */
class Program implements AsyncDisposable {
  readonly exited: Promise<unknown[]>
  stderr = ''
  readonly #child

  constructor(file: string, words: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(file, words, { env: { ...process.env, ...env }, detached: true, stdio: ['ignore', 'inherit', 'pipe'] })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.exited = once(this.#child, 'exit')
  }

  terminate(): void {
    this.#child.kill('SIGTERM')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      process.kill(-(this.#child.pid ?? 0), 'SIGKILL')
    } catch {
      // Nothing of it is left.
    }
    await this.exited
  }
}

/** A folder with `svc` in it, as an installation has it, for PATH. */
async function pathWithSvc(store: Store): Promise<string> {
  await mkdir(join(store.folder, 'bin'))
  await symlink(svcFile, join(store.folder, 'bin', 'svc'))
  return `${store.folder}/bin:${process.env.PATH ?? ''}`
}

test.each(readdirSync(recipes))('the README shows %s as it is', (name) => {
  const shown = [...read('../README.md').matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, text]) => text)
  expect(shown).toContain(read(name))
})

describe('the systemd unit', () => {
  /** The unit, with what stands for the user's own places in it put in their place. */
  async function unit(store: Store, port: number): Promise<string> {
    await writeFile(join(store.folder, 'indexer'), server, { mode: 0o755 })
    return read('indexer.service')
      .replaceAll('/usr/local/bin/svc', svcFile)
      .replaceAll('/opt/indexer', store.folder)
      .replaceAll('zookeeper://zk1,zk2,zk3', store.backend)
      .replaceAll('9200', String(port))
  }

  test('starts a worker that is listed when it is ready, and TERM to svc alone ends both', async () => {
    await using store = await Store.create()
    const text = await unit(store, await freePort())
    const [, file = '', line = ''] = /^ExecStart=(\S+) (.*)$/m.exec(text) ?? []
    const env = Object.fromEntries([...text.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]))
    await using program = new Program(file, line.split(' '), { ...store.env, ...env })
    await eventually(async () => expect(await store.list()).toEqual([expect.objectContaining({ Name: 'indexer', Group: 'vitrage' })]))
    program.terminate()
    expect(await program.exited).toEqual([7, null])
    expect(await store.list()).toEqual([])
    expect(program.stderr).toBe('')
  })

  const withSystemd = has('systemd-analyze') ? test : test.skip

  withSystemd('is found right by systemd-analyze', async () => {
    await using store = await Store.create()
    const file = join(store.folder, 'indexer.service')
    await writeFile(file, await unit(store, 9200))
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
    expect({ status, told: (stdout + stderr).split('\n').filter((told) => told.includes('indexer')) }).toEqual({ status: 0, told: [] })
  })
})

describe('the entry point of a container', () => {
  const entrypoint = join(recipes, 'container-entrypoint.sh')

  test('is a worker of the host that it was told; TERM reaches the command, whose status is the container\'s', async () => {
    await using store = await Store.create()
    const port = String(await freePort())
    const words = ['--group', 'vitrage', '--ready', `tcp://:${port}`, '--', process.execPath, '-e', server.replace(/^.*\n/, ''), '--', '--port', port]
    await using program = new Program(entrypoint, words, { ...store.env, PATH: await pathWithSvc(store), HOST_HOSTNAME: 'compute-7' })
    await eventually(async () => expect(await store.list()).toEqual([expect.objectContaining({ Hostname: 'compute-7', Group: 'vitrage' })]))
    program.terminate()
    expect(await program.exited).toEqual([7, null])
    expect(await store.list()).toEqual([])
    expect(program.stderr).toBe('')
  })

  test.each([undefined, ''])('refuses to start without the name of the host: %j', async (hostname) => {
    await using store = await Store.create()
    await using program = new Program(entrypoint, ['--', 'true'], { ...store.env, PATH: await pathWithSvc(store), HOST_HOSTNAME: hostname })
    expect(await program.exited).not.toEqual([0, null])
    expect(program.stderr).toContain('HOST_HOSTNAME="$(hostname)"')
  })
})

const withPython = has('python3') ? test : test.skip

withPython('a Python program is listed once it answers, and gone when it is ended', async () => {
  await using store = await Store.create()
  const port = await freePort()
  await using program = new Program(join(recipes, 'python-web.sh'), [], { ...store.env, PATH: await pathWithSvc(store), PORT: String(port) })
  await eventually(async () => expect(await store.list()).toEqual([expect.objectContaining({ Name: 'web worker(0)', Group: 'vitrage' })]), { timeoutMs: 15_000 })
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  program.terminate()
  expect(await program.exited).toEqual([128 + constants.signals.SIGTERM, null])
  expect(await store.list()).toEqual([])
})

import { writeFile } from 'node:fs/promises'

import { expect, test } from '@jest/globals'
import { freePort } from '@muster/testkit'
import type { NodeProcess } from '@muster/testkit'

import { Store } from './svc.js'

const running = (total: number, ...more: string[]): string[] => ['cluster', 'run', 'sample', '--type', 'creating', '--step', 'Launching instances', '--total', String(total), ...more, '--', 'sh', '-c']

/** A server, and the environment in which commands ask it. */
async function withServer(use: (store: Store, env: Record<string, string>, start: () => Promise<NodeProcess>) => Promise<void>): Promise<void> {
  await using store = await Store.create()
  const port = String(await freePort())
  const start = async (): Promise<NodeProcess> => {
    const server = store.start(['serve', '--port', port], { SVC_LOG: 'silent' })
    await server.line(/listening/)
    return server
  }
  await use(store, { SVC_ENDPOINT: `http://127.0.0.1:${port}` }, start)
}

test('clusters are created, run, shown and deleted over HTTP as on their database', () =>
  withServer(async (store, env, start) => {
    await using server = await start()
    expect(server.stderr).toBe('')
    const names = { SVC_TENANT: 'blue', ...env }
    expect((await store.svc(['cluster', 'create', 'sample', '--steps', 'creating=Launching instances,Waiting for ssh'], names)).code).toBe(0)
    expect((await store.svc(['cluster', 'create', 'sample'], names)).code).toBe(6)
    const run = await store.svc([...running(1000), 'for n in $(seq 999); do echo ok w-$n; done; echo fail w-1000 no route to host; echo done'], names)
    expect(run).toMatchObject({ code: 1, stdout: 'done\n', stderr: expect.stringMatching(/^svc: w-1000 failed: no route to host, error id .*\nsvc: Launching instances completed 999 out of 1000, 1 failed, in .*\n$/) })
    for (const words of [['progress', 'sample'], ['progress', 'sample', '-f', 'json'], ['cluster', 'show', 'sample'], ['cluster', 'list', '-f', 'json']]) {
      const [direct, overHttp] = [await store.svc(words, { SVC_TENANT: 'blue' }), await store.svc(words, names)]
      expect(overHttp).toEqual({ ...direct, code: 0 })
    }
    expect((await store.svc(['cluster', 'show', 'sample'], env)).code).toBe(3)
    expect((await store.svc(['cluster', 'delete', 'sample', '--yes'], names)).code).toBe(0)
    expect((await store.svc(['progress', 'sample', '-w'], names)).code).toBe(3)
  }), 60_000)

test('a server that is killed and comes back loses no report, and who watches is told so', () =>
  withServer(async (store, env, start) => {
    const go = `${store.folder}/go`
    const server = await start()
    await store.svc(['cluster', 'create', 'sample'], env)
    await using run = store.start([...running(300), `for n in $(seq 100); do echo ok w-$n; done; echo begun; until [ -e '${go}' ]; do sleep 0.1; done; for n in $(seq 101 300); do echo ok w-$n; done`], env)
    await using watch = store.start(['progress', 'sample', '-w', '--exit'], env)
    await run.line(/^begun$/)
    await watch.line(/Launching instances: 100 out of 300$/)
    server.signal('SIGKILL')
    await server.exited
    await watch.line(/^svc: not connected, trying again/, { from: 'stderr' })
    await writeFile(go, '')
    await run.line(/^svc: cannot report, trying again: /, { from: 'stderr', timeoutMs: 30_000 })
    await using successor = await start()
    await run.line(/^svc: reporting again$/, { from: 'stderr', timeoutMs: 30_000 })
    expect(await run.exited).toEqual({ code: 0, signal: null })
    await watch.line(/Launching instances completed 300 out of 300 in/, { timeoutMs: 30_000 })
    expect(await watch.exited).toEqual({ code: 0, signal: null })
    expect(watch.stderr).toContain('svc: connected again\n')
    expect(successor.pid).toBeGreaterThan(0)
  }), 90_000)

test('no server is 69, before the command is run', async () => {
  await using store = await Store.create()
  const env = { SVC_ENDPOINT: `http://127.0.0.1:${await freePort()}` }
  for (const words of [['cluster', 'list'], ['cluster', 'create', 'x'], ['progress', 'x', '-w'], [...running(1), 'echo it ran']]) expect(await store.svc(words, env)).toMatchObject({ code: 69, stdout: '' })
})

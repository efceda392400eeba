import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

import { expect, test } from '@jest/globals'
import { openProvisioning } from '@muster/provisioning'
import type { ClusterHandle } from '@muster/provisioning'
import { eventually } from '@muster/testkit'

import { Store, svcFile } from './svc.js'

interface Scene {
  readonly store: Store
  readonly cluster: ClusterHandle
  /** Reports that so many more of the step went well. */
  readonly launch: (more: number) => Promise<void>
  readonly fail: (instance: string, error: string) => Promise<void>
}

/** A cluster that is at its first step of two, which has four instances. */
async function withCluster(use: (scene: Scene) => Promise<void>): Promise<void> {
  await using store = await Store.create()
  await using provisioning = await openProvisioning(`sqlite:${store.folder}/store/history.db`)
  const cluster = await provisioning.createCluster({ name: 'sample', plugin: { name: 'test', provisioningSteps: () => ({ creating: ['Launching instances', 'Waiting for ssh'] }) } })
  const step = await cluster.step({ name: 'Launching instances', type: 'creating', total: 4 })
  let launched = 0
  await use({
    store,
    cluster,
    launch: async (more) => {
      for (let n = 0; n < more; n += 1) await step.ok({ instance: `worker-${(launched += 1)}` })
    },
    fail: async (instance, error) => {
      await step.fail({ instance, error })
    },
  })
}

test('in a pipe it is sentences, and what failed with its reason and its id, which cannot act on a terminal', () =>
  withCluster(async ({ store, cluster, launch, fail }) => {
    await launch(2)
    await fail('worker\u001b[2J', 'no route\nto host')
    const { events: [event] } = await cluster.events({ successful: false })
    expect(await store.svc(['progress', 'sample'])).toEqual({
      code: 0,
      signal: null,
      stderr: '',
      stdout: `sample: Error\nLaunching instances: 2 out of 4, 1 failed\n  worker\\x1b[2J failed: no route to host, error id ${event?.error_id}\nWaiting for ssh: pending\n`,
    })
    expect((await store.svc(['progress', 'sample', '--failures', '0'])).stdout).toBe('sample: Error\nLaunching instances: 2 out of 4, 1 failed\nWaiting for ssh: pending\n')
  }))

test('-f json is the cluster with its steps and the events that are kept', () =>
  withCluster(async ({ store, cluster, launch, fail }) => {
    await launch(1)
    await fail('worker-2', 'no route to host')
    const told = JSON.parse((await store.svc(['progress', cluster.id, '-f', 'json'])).stdout) as object
    expect(told).toMatchObject({ id: cluster.id, tenant_id: 'default', status: 'Error', pending_steps: [{ step_name: 'Waiting for ssh' }] })
    expect(told).toHaveProperty('provision_progress.0.events.0.instance_name', 'worker-2')
    expect(told).toHaveProperty('provision_progress.0.events.1.instance_name', 'worker-1')
    expect(told).not.toHaveProperty('provisioning_progress')
  }))

test('-w in a pipe tells what is another way, and with --exit ends with the cluster: 0 when it is Active', () =>
  withCluster(async ({ store, cluster, launch }) => {
    await using watch = store.start(['progress', 'sample', '-w', '--exit'])
    await watch.line(/^[\d:]{8} {2}Launching instances: 0 out of 4$/)
    await launch(4)
    await watch.line(/^[\d:]{8} {2}Launching instances completed 4 out of 4 in less than a second|seconds?$/)
    const ssh = await cluster.step({ name: 'Waiting for ssh', type: 'creating', total: 1 })
    await ssh.ok({ instance: 'worker-1' })
    await watch.line(/^[\d:]{8} {2}sample: Active$/)
    expect(await watch.exited).toEqual({ code: 0, signal: null })
    expect((await store.svc(['progress', 'sample', '-w', '--exit'])).code).toBe(0)
  }))

test('-w --exit ends with 1 when it is Error', () =>
  withCluster(async ({ store, fail }) => {
    await using watch = store.start(['progress', 'sample', '-w', '--exit'])
    await watch.line(/sample: Spawning$/)
    await fail('worker-1', 'no route to host')
    await watch.line(/ {2}worker-1 failed: no route to host, error id /)
    expect(await watch.exited).toEqual({ code: 1, signal: null })
  }))

test('-w -f json is a line for each change; INT ends it with 130, and the end of the cluster with 0', () =>
  withCluster(async ({ store, cluster, launch }) => {
    await using first = store.start(['progress', 'sample', '-w', '-f', 'json'])
    await using second = store.start(['progress', 'sample', '-w', '-f', 'json'])
    for (const watch of [first, second]) await watch.line(/"completed":0,/)
    await launch(1)
    for (const watch of [first, second]) await watch.line(/"completed":1,/)
    first.signal('SIGINT')
    expect(await first.exited).toEqual({ code: 130, signal: null })
    await cluster.delete()
    expect(await second.exited).toEqual({ code: 0, signal: null })
    expect(second.stderr).toBe('')
  }))

const onTerminal = spawnSync('script', ['--version']).status === 0 ? test : test.skip

onTerminal('-w on a terminal draws bars on a page of its own, again when it is further, and leaves the last of them', () =>
  withCluster(async ({ store, launch, fail }) => {
    const command = `stty rows 20 cols 90; exec '${process.execPath}' '${svcFile}' progress sample -w`
    const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env: { ...process.env, ...store.env, SHELL: '/bin/sh', TERM: 'xterm', LANG: 'C.UTF-8', NO_COLOR: '', FORCE_COLOR: '' } })
    const ended = once(terminal, 'exit')
    let shown = ''
    terminal.stdout.setEncoding('utf8').on('data', (chunk: string) => (shown += chunk))
    await eventually(() => expect(shown).toContain('0 of 4'))
    await launch(2)
    await eventually(() => expect(shown).toContain('2 of 4'))
    await fail('worker-3', 'no route to host')
    await eventually(() => expect(shown).toMatch(/\u001b\[31m✗\u001b\[39m worker-3 {2}no route to host {2}\u001b\[2m[0-9a-f-]{36}/))
    const page = shown.length
    terminal.stdin.write('\u0003')
    expect(await ended).toEqual([130, null])
    expect(shown.startsWith('\u001b[?1049h')).toBe(true)
    const after = shown.slice(shown.indexOf('\u001b[?1049l', page - 200))
    expect(after).toMatch(/✗.*Launching instances.*━━.*╍.*─.*2 of 4.*1 failed/)
    expect(after).toContain('worker-3')
  }))

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import type { TemporaryFolder } from '../temporary-folder.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { DemoProcess } from './demo-process.js'
import { isRunning, listedPids, startDemo, untilNoneRuns } from './demo-process.js'

describe('npm start', () => {
  let folder: TemporaryFolder
  let demo: DemoProcess
  let url: string

  beforeAll(async () => {
    folder = await temporaryFolder()
    demo = startDemo(folder.path, '--port', '0')
    url = await demo.started()
  }, 30_000)

  afterAll(async () => {
    await demo[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  test('its table shows eleven processes, each of them alive', () => {
    const pids = demo.table.map(({ pid }) => pid)
    expect(new Set(pids).size).toBe(11)
    expect(pids.filter(isRunning)).toEqual(pids)
  })

  test('its API answers with the workers of the table', async () => {
    const rows = (await (await fetch(`${url}/v1/service`)).json()) as { name: string; process: number }[]
    expect(rows.map(({ name, process: pid }) => ({ name, pid }))).toEqual(demo.table)
  })

  test('a second demo on the same store is refused with the pid of the first', async () => {
    await using second = startDemo(folder.path, '--port', '0')
    expect(await second.ended()).toEqual({ code: 1, signal: null })
    expect(second.stderr).toContain(`A demo already runs on this store: process ${demo.pid}.`)
    expect(second.table).toEqual([])
  })

  test('a worker killed as it proposes is told as left and is gone from the list', async () => {
    const [, pid] = await demo.line(/kill -9 (\d+)/)
    process.kill(Number(pid), 'SIGKILL')
    await demo.line(new RegExp(`^\\d\\d:\\d\\d:\\d\\d  left .* pid ${pid} `))
    expect(await listedPids(folder.path)).toEqual(demo.table.map((row) => row.pid).filter((listed) => listed !== Number(pid)))
  })

  test('INT to its process group ends it with 0, leaves no process and an empty list', async () => {
    demo.signalGroup('SIGINT')
    expect(await demo.ended()).toEqual({ code: 0, signal: null })
    expect(demo.table.map(({ pid }) => pid).filter(isRunning)).toEqual([])
    expect(await listedPids(folder.path)).toEqual([])
  })
})

describe('npm start, killed and started again', () => {
  let folder: TemporaryFolder
  let demo: DemoProcess

  beforeAll(async () => {
    folder = await temporaryFolder()
    demo = startDemo(folder.path, '--port', '0')
    await demo.started()
  }, 30_000)

  afterAll(async () => {
    await demo[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  test('the workers of a demo that is killed end by themselves', async () => {
    demo.signal('SIGKILL')
    await untilNoneRuns(demo.table.map(({ pid }) => pid))
    expect(await listedPids(folder.path)).toEqual([])
  })

  test('the next demo is not refused', async () => {
    await demo[Symbol.asyncDispose]()
    demo = startDemo(folder.path, '--port', '0')
    await demo.started()
    expect(demo.table).toHaveLength(11)
  }, 30_000)

  test('TERM stops it, and INT after that does not wait for a worker that hangs', async () => {
    const pids = demo.table.map(({ pid }) => pid)
    process.kill(pids[0] ?? 0, 'SIGSTOP')
    demo.signal('SIGTERM')
    await demo.line(/^Stopping/)
    demo.signal('SIGINT')
    expect(await demo.ended()).toEqual({ code: 130, signal: null })
    await untilNoneRuns(pids)
  })
})

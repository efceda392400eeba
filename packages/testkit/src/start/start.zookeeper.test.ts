import { expect, test } from '@jest/globals'

import { temporaryFolder } from '../temporary-folder.js'
import { startZooKeeper } from '../zookeeper/server.js'
import { isRunning, listedPids, startDemo } from './demo-process.js'

test('npm start -- --backend zookeeper://... shows eleven workers there, tells the death of one, and leaves nothing behind', async () => {
  await using folder = await temporaryFolder()
  await using server = await startZooKeeper()
  const backend = `zookeeper://${server.endpoint}?timeout=3s`
  await using demo = startDemo(folder.path, '--port', '0', '--backend', backend)
  const url = await demo.started()
  const pids = demo.table.map(({ pid }) => pid)
  expect(new Set(pids).size).toBe(11)
  expect(pids.filter(isRunning)).toEqual(pids)
  const rows = (await (await fetch(`${url}/v1/service`)).json()) as { process: number }[]
  expect(rows.map(({ process: pid }) => pid)).toEqual(pids)
  expect(demo.stdout).toContain(`npx --no svc list --backend '${backend}'`)

  const [, victim] = await demo.line(/kill -9 (\d+)/)
  process.kill(Number(victim), 'SIGKILL')
  await demo.line(new RegExp(`^\\d\\d:\\d\\d:\\d\\d  left .* pid ${victim} `))
  expect(await listedPids(folder.path, '--backend', backend)).toEqual(pids.filter((pid) => pid !== Number(victim)))

  demo.signalGroup('SIGINT')
  expect(await demo.ended()).toEqual({ code: 0, signal: null })
  expect(pids.filter(isRunning)).toEqual([])
  expect(await listedPids(folder.path, '--backend', backend)).toEqual([])
}, 60_000)

test('a demonstration on a server that is not there ends with what is wrong', async () => {
  await using folder = await temporaryFolder()
  await using demo = startDemo(folder.path, '--port', '0', '--backend', 'zookeeper://127.0.0.1:1?timeout=1s')
  expect(await demo.ended()).toEqual({ code: 69, signal: null })
  expect(demo.stderr).toContain('Cannot reach ZooKeeper at 127.0.0.1:1')
}, 60_000)

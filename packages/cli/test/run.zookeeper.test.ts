import { eventually, freePort, startZooKeeper } from '@muster/testkit'
import { expect, test } from '@jest/globals'

import { Store } from './svc.js'

/** A server that listens from USR1 on; takes TERM as a wish and ends on USR2, with 9. */
const program = `
const server = require('node:net').createServer((socket) => socket.destroy())
process.on('SIGUSR1', () => server.listen(process.argv[1], '127.0.0.1'))
process.on('SIGTERM', () => console.log('got TERM'))
process.on('SIGUSR2', () => process.exit(9))
setInterval(() => {}, 1000)
console.log('started')`

test('on ZooKeeper a command is listed when it is ready and gone at TERM while it takes its time; the status is the command\'s', async () => {
  await using server = await startZooKeeper()
  await using store = await Store.create()
  const backend = { SVC_BACKEND: `zookeeper://${server.endpoint}` }
  const list = async (): Promise<unknown> => JSON.parse((await store.svc(['list', '-f', 'json'], backend)).stdout)
  const port = String(await freePort())
  await using svc = store.start(['run', '--name', 'indexer', '--ready', `tcp://:${port}`, '--', process.execPath, '-e', program, port], backend)
  await svc.line(/^started$/)
  expect(await list()).toEqual([])
  svc.signal('SIGUSR1')
  await eventually(async () => expect(await list()).toEqual([expect.objectContaining({ Name: 'indexer' })]))
  svc.signal('SIGTERM')
  await svc.line(/^got TERM$/)
  await eventually(async () => expect(await list()).toEqual([]))
  svc.signal('SIGUSR2')
  expect(await svc.exited).toEqual({ code: 9, signal: null })
  expect(svc.stderr).toBe('')
}, 60_000)

test('while ZooKeeper is silent TERM reaches the command at once, and svc ends within its bound', async () => {
  await using server = await startZooKeeper()
  await using store = await Store.create()
  await using svc = store.start(['run', '--require-join', '--', process.execPath, '-e', program], { SVC_BACKEND: `zookeeper://${server.endpoint}` })
  await svc.line(/^started$/)
  await eventually(async () => expect((await store.svc(['list', '-f', 'json'], { SVC_BACKEND: `zookeeper://${server.endpoint}` })).stdout).toContain('"node"'))
  await server.suspend()
  const toldAt = performance.now()
  svc.signal('SIGTERM')
  await svc.line(/^got TERM$/)
  expect(performance.now() - toldAt).toBeLessThan(2000)
  svc.signal('SIGUSR2')
  expect(await svc.exited).toEqual({ code: 9, signal: null })
  expect(performance.now() - toldAt).toBeLessThan(5000)
  expect(svc.stderr).toMatch(/^svc: could not leave group 'default': .*; the entry goes with its session\n$/)
}, 60_000)

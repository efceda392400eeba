import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect as connectWithTls } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'

import { expect, jest, test } from '@jest/globals'

import { eventually } from '../eventually.js'
import { spawnNode } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'
import { Caller } from './fault-proxy/peers.js'
import { askFourLetterWord } from './four-letter-word.js'
import { connectReplyLength, connectRequest, createRequest } from './raw-frames.js'
import { startZooKeeper } from './server.js'
import type { ZooKeeperServer } from './server.js'
import { makeTlsFiles } from './tls-files.js'

jest.setTimeout(60_000)

async function createNode(server: ZooKeeperServer, path: string): Promise<void> {
  using caller = await Caller.connect(server.endpoint)
  caller.say(connectRequest())
  await caller.hears(connectReplyLength)
  caller.say(createRequest(1, path))
  await caller.hears(connectReplyLength + 4 + 16 + 4 + path.length)
}

async function countNodes(server: ZooKeeperServer): Promise<number> {
  return Number(/^Node count: (\d+)/m.exec(await server.command('srvr'))?.[1])
}

test('a server has the shared configuration, and what the test asks for over it', async () => {
  await using server = await startZooKeeper({ tickTimeMs: 200, minSessionTimeoutMs: 400, config: { maxClientCnxns: '77' }, javaProperties: { 'znode.container.checkIntervalMs': '1234' } })
  const lines = (await server.command('conf')).split('\n')
  expect(lines).toEqual(expect.arrayContaining(['clientPortListenBacklog=4096', 'maxSessionTimeout=60000', 'tickTime=200', 'minSessionTimeout=400', 'maxClientCnxns=77']))
  expect(await server.command('ruok')).toBe('imok')
  expect(await readFile(server.logFile, 'utf8')).toContain('checkIntervalMs=1234')
})

test('a killed server comes back on its port with its data; once wiped it has forgotten them', async () => {
  await using server = await startZooKeeper()
  const fresh = await countNodes(server)
  await createNode(server, '/kept')
  await server.kill()
  await expect(server.command('srvr')).rejects.toThrow('ECONNREFUSED')
  await server.start()
  expect(await countNodes(server)).toBe(fresh + 1)
  await expect(server.start()).rejects.toThrow('runs already')
  await expect(server.wipe()).rejects.toThrow('runs')
  await server.stop()
  await server.wipe()
  await server.start()
  expect(await countNodes(server)).toBe(fresh)
})

test('a suspended server still accepts connections and says nothing until it is resumed; it can be stopped meanwhile', async () => {
  await using server = await startZooKeeper()
  await server.suspend()
  await expect(askFourLetterWord(server.endpoint, 'srvr', 300)).rejects.toThrow('not within 300 ms')
  using caller = await Caller.connect(server.endpoint)
  caller.say('ruok')
  await server.resume()
  expect(await caller.hears(4)).toBe('imok')
  await server.suspend()
  await server.stop()
  await expect(server.command('srvr')).rejects.toThrow('ECONNREFUSED')
})

test('a configuration that the server refuses is told with its log', async () => {
  await expect(startZooKeeper({ config: { tickTime: 'soon' } })).rejects.toThrow(/ended at its start: .*soon/s)
})

test('the TLS port serves clients with a certificate of the authority, and nobody else', async () => {
  await using folder = await temporaryFolder()
  const tls = await makeTlsFiles(folder.path)
  await using server = await startZooKeeper({ tls })
  const [host = '', port] = (server.secureEndpoint ?? '').split(':')
  const ca = await readFile(tls.ca)
  const known = connectWithTls({ host, port: Number(port), ca, key: await readFile(tls.clientKey), cert: await readFile(tls.clientCertificate) })
  expect(await answerTo(known)).toHaveLength(connectReplyLength)
  const unknown = connectWithTls({ host, port: Number(port), ca })
  await expect(answerTo(unknown)).rejects.toThrow()
  expect(await server.command('ruok')).toBe('imok')
})

/** What the server says to the request for a session; rejects when it breaks the connection. */
async function answerTo(socket: TLSSocket): Promise<Buffer> {
  try {
    await once(socket, 'secureConnect')
    socket.write(connectRequest())
    const closed = once(socket, 'close').then(() => Promise.reject(new Error('closed without an answer')))
    return await Promise.race([once(socket, 'data').then(([bytes]) => bytes as Buffer), closed])
  } finally {
    socket.destroy()
  }
}

// Killed, a process cannot end what it has started: only Linux does it for it.
const ends = ['exits', ...(process.platform === 'linux' ? ['is killed'] : [])]

test.each(ends)('a server is gone when the process that started it %s', async (end) => {
  await using owner = spawnNode(fileURLToPath(new URL('server-process.js', import.meta.url)), [], { ipc: true })
  const [, endpoint = ''] = await owner.line(/^endpoint (.*)$/, { timeoutMs: 30_000 })
  expect(await askFourLetterWord(endpoint, 'ruok')).toBe('imok')
  if (end === 'exits') owner.send({ type: 'exit' })
  else owner.signal('SIGKILL')
  await owner.exited
  await eventually(() => expect(Caller.connect(endpoint)).rejects.toThrow('ECONNREFUSED'), { timeoutMs: 30_000 })
})

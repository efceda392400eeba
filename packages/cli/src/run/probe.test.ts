import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from '@jest/globals'

import { parseProbe } from './probe.js'

const look = (text: string, signal = AbortSignal.timeout(5000)): Promise<void> => parseProbe(text)(signal)

async function portOf(server: Server, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

test('a port is ready when it accepts, named by host, by address or by nothing', async () => {
  const server = createServer((socket) => socket.destroy())
  const port = await portOf(server)
  const forms = [`tcp://:${port}`, `tcp://localhost:${port}`, `tcp://127.0.0.1:${port}`]
  for (const form of forms) await look(form)
  server.close()
  await once(server, 'close')
  for (const form of forms) await expect(look(form)).rejects.toThrow()
})

test('a host may be an IPv6 address', async () => {
  await using server = createServer((socket) => socket.destroy())
  const port = await portOf(server, '::1')
  await look(`tcp://[::1]:${port}`)
})

test('a URL is ready when it answers 2xx, however long the answer is, and not on a redirect or an error', async () => {
  await using server = createHttpServer((request, response) => {
    const status = Number(request.url?.slice(1))
    response.writeHead(status, status === 302 ? { location: '/200' } : {})
    response.end(status === 200 ? Buffer.alloc(4_000_000) : undefined)
  })
  const port = await portOf(server)
  await look(`http://127.0.0.1:${port}/200`)
  await look(`http://localhost:${port}/204`)
  for (const status of [302, 404, 503]) await expect(look(`http://127.0.0.1:${port}/${status}`)).rejects.toThrow(`it answers ${status}`)
  await expect(look(`https://127.0.0.1:${port}/200`)).rejects.toThrow()
})

test('a server that accepts and says nothing is given up when the look is', async () => {
  await using server = createServer((socket) => socket.resume())
  await expect(look(`http://127.0.0.1:${await portOf(server)}/`, AbortSignal.timeout(100))).rejects.toThrow()
})

test('a file is ready when it is there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-'))
  const file = join(folder, 'a file: ready')
  await expect(look(`file:${file}`)).rejects.toThrow('ENOENT')
  await writeFile(file, '')
  await look(`file:${file}`)
  await look(`file://${file}`)
  await rm(folder, { recursive: true })
})

test.each(['', 'x', ':8080', 'tcp:', 'tcp://', 'tcp://:', 'tcp://8080', 'tcp://:0', 'tcp://:65536', 'tcp://h:1/x', 'tcp://a b:1', 'ftp://h/', 'http://', 'file:', 'unix:/x'])('%j is refused before the command is started', (text) => {
  expect(() => parseProbe(text)).toThrow(expect.objectContaining({ code: 'invalid_argument', argument: 'ready' }))
})

test('a URL with a password is refused and not repeated', () => {
  expect(() => parseProbe('http://user:secret@h/')).toThrow('--ready http://...@h: no user or password')
})

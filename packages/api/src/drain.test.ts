import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'

import { afterEach, describe, expect, test } from '@jest/globals'

import { Drain } from './drain.js'

const opened: Server[] = []

afterEach(() => {
  for (const server of opened.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/** A server with a drain, and sockets connected to it. */
async function start(handler: RequestListener, sockets: number): Promise<{ drain: Drain; clients: Socket[] }> {
  const server = createServer()
  opened.push(server)
  const drain = new Drain(server)
  server.on('request', handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const clients: Socket[] = []
  for (let count = 0; count < sockets; count += 1) {
    const client = connect(address.port, '127.0.0.1')
    const accepted = once(server, 'connection')
    await once(client, 'connect')
    await accepted
    clients.push(client)
  }
  return { drain, clients }
}

const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

describe('a server that stops', () => {
  test('finishes a request under way, tells the client to close, and cuts none', async () => {
    let answer: () => void = () => {}
    const arrived = new Promise<void>((resolve) => {
      answer = resolve
    })
    const release: (() => void)[] = []
    const { drain, clients } = await start((_req, res) => {
      release.push(() => res.end('whole'))
      answer()
    }, 1)
    const [client] = clients
    client?.write(request)
    await arrived
    const stopped = drain.stop(10_000)
    release[0]?.()
    expect(await stopped).toBe(0)
    expect(client && (await text(client))).toMatch(/^HTTP\/1\.1 200 OK\r\nConnection: close\r\n.*\r\n\r\nwhole$/s)
  })

  test('finishes an answer whose head has been sent, and does not wait for its kept connection', async () => {
    let begun: () => void = () => {}
    const headSent = new Promise<void>((resolve) => {
      begun = resolve
    })
    const release: (() => void)[] = []
    const { drain, clients } = await start((_req, res) => {
      res.setHeader('Content-Length', 10)
      res.write('begin')
      release.push(() => res.end('ended'))
      begun()
    }, 1)
    const [client] = clients
    client?.write(request)
    await headSent
    const stopped = drain.stop(10_000)
    release[0]?.()
    expect(await stopped).toBe(0)
    expect(client && (await text(client))).toMatch(/beginended$/)
  })

  test('closes connections that ask for nothing at once', async () => {
    const { drain, clients } = await start(() => {}, 2)
    const closed = Promise.all(clients.map((client) => once(client.resume(), 'close')))
    expect(await drain.stop(10_000)).toBe(0)
    await closed
  })

  test('cuts what does not finish in time, and says how many', async () => {
    let arrived: () => void = () => {}
    const both = new Promise<void>((resolve) => {
      arrived = resolve
    })
    let requests = 0
    const { drain, clients } = await start(() => {
      if (++requests === 2) arrived()
    }, 2)
    const closed = Promise.all(clients.map((client) => once(client.resume(), 'close')))
    for (const client of clients) client.write(request)
    await both
    expect(await drain.stop(50)).toBe(2)
    await closed
  })
})

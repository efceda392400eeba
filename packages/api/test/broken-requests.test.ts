import { once } from 'node:events'
import type { Server } from 'node:http'

import { afterEach, describe, expect, test } from '@jest/globals'
import { createApp } from '@muster/api'
import { Connections, createServerFor, guardServer, serverLimits } from '@muster/api/internal'
import { silentLogger } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'
import { exchange, RawConnection, temporaryFolder, within } from '@muster/testkit'

const running: Server[] = []
const closers: (() => PromiseLike<void>)[] = []

afterEach(async () => {
  for (const server of running.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
  for (const close of closers.splice(0).reverse()) await close()
})

/** A server as users run it, that is less patient. */
async function start(): Promise<number> {
  const connections = new Connections(100, silentLogger)
  const folder = await temporaryFolder()
  const group = await openServiceGroup(`embedded:${folder.path}`)
  closers.push(() => folder[Symbol.asyncDispose](), () => group.close())
  const app = createApp(group, { connections })
  const server = createServerFor(app, { ...serverLimits, headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 20 })
  guardServer(server, connections, silentLogger)
  server.on('request', app).listen(0, '127.0.0.1')
  running.push(server)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

describe('a client that takes too long', () => {
  test.each([
    ['for its head', 'GET / HTTP/1.1\r\nHost: x\r\n'],
    ['for its body', 'POST /v1/service HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{'],
    ['for its chunks', 'POST /v1/service HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n'],
  ])('%s is told so, once, and the connection ends', async (_, request) => {
    const answers = await exchange(await start(), request)
    expect(answers.map(({ status, headers }) => [status, headers['content-type'], headers.connection])).toEqual([[408, 'application/problem+json', 'close']])
    expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({ status: 408, error: 'operation_timed_out' })
  })

  test('to send anything is closed without a word', async () => {
    expect(await exchange(await start(), '')).toEqual([])
  })

  test('a byte now and then does not help', async () => {
    const connection = new RawConnection(await start())
    const timer = setInterval(() => connection.socket.write('X-A: 1\r\n'), 30)
    connection.socket.write('GET / HTTP/1.1\r\nHost: x\r\n')
    await within(connection.closed, 10_000, 'the end')
    clearInterval(timer)
    expect(connection.answers.map(({ status }) => status)).toEqual([408])
  })
})

describe('what is broken behind a request that is not', () => {
  test('gets no answer that could be taken for the first one\'s; what was answered is sent', async () => {
    const [answer, ...others] = await exchange(await start(), 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\nbroken\r\n\r\n')
    expect([answer?.status, answer?.body, others]).toEqual([200, '{"status":"ok"}', []])
  })
})

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, expect, test } from '@jest/globals'

import { AddressGuard } from './address-guard.js'
import type { Lookup } from './address-guard.js'
import { post } from './post.js'
import type { Answer } from './post.js'

const allow = ['127.0.0.1']
const at = (address: string): readonly { address: string; family: number }[] => [{ address, family: 4 }]
const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
})

/** A server on loopback; `requests` are those that have come. */
async function serverOf(answer: RequestListener): Promise<{ port: number; requests: string[] }> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.headers.host ?? ''}${request.url ?? ''}`)
    answer(request, response)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, requests }
}

function send(url: string, { lookup, timeoutMs = 5000, signal = new AbortController().signal }: { lookup?: Lookup; timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Answer> {
  return post(new URL(url), { 'x-test': '1' }, Buffer.from('hello'), { guard: new AddressGuard({ allow, lookup }), timeoutMs, signal })
}

test('a body arrives as it is, once, and the answer comes back', async () => {
  let body = ''
  const { port, requests } = await serverOf((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => response.writeHead(202, { 'retry-after': '7' }).end('fine\u0007\n'))
  })
  expect(await send(`http://127.0.0.1:${port}/hook?a=1`)).toEqual({ status: 202, retryAfter: '7', excerpt: 'fine ' })
  expect([body, requests]).toEqual(['hello', [`POST 127.0.0.1:${port}/hook?a=1`]])
})

test('the address that was checked is the one that is connected to, however the name resolves a moment later', async () => {
  const { port, requests } = await serverOf((_, response) => response.end())
  let lookups = 0
  const lookup: Lookup = () => Promise.resolve(at((lookups += 1) === 1 ? '127.0.0.1' : '169.254.169.254'))
  expect(await send(`http://rebound.example:${port}/`, { lookup })).toMatchObject({ status: 200 })
  expect([lookups, requests]).toEqual([1, [`POST rebound.example:${port}/`]])
  await expect(send(`http://rebound.example:${port}/`, { lookup })).rejects.toMatchObject({ code: 'not_allowed' })
  expect([lookups, requests.length]).toEqual([2, 1])
})

test('an answer that sends elsewhere is an answer, and nobody goes there', async () => {
  const other = await serverOf((_, response) => response.end())
  const { port } = await serverOf((_, response) => response.writeHead(307, { location: `http://127.0.0.1:${other.port}/` }).end())
  expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 307 })
  expect(other.requests).toEqual([])
})

test('of a body without end only the beginning is read', async () => {
  const { port } = await serverOf((_, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  })
  const { status, excerpt } = await send(`http://127.0.0.1:${port}/`)
  expect([status, excerpt]).toEqual([200, 'x'.repeat(4096)])
})

test('a status counts though its body never ends', async () => {
  const { port } = await serverOf((_, response) => response.write('beginning'))
  expect(await send(`http://127.0.0.1:${port}/`, { timeoutMs: 300 })).toMatchObject({ status: 200, excerpt: 'beginning' })
})

test('an endpoint that never answers, and a name that never resolves, end at the deadline', async () => {
  const { port, requests } = await serverOf(() => undefined)
  await expect(send(`http://127.0.0.1:${port}/`, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'operation_timed_out', timeoutMs: 300 })
  expect(requests).toHaveLength(1)
  await expect(send(`http://slow.example:${port}/`, { timeoutMs: 100, lookup: () => new Promise(() => undefined) })).rejects.toMatchObject({ code: 'operation_timed_out' })
})

test('a connection that is reset or refused is told as that', async () => {
  const { port } = await serverOf((request) => request.socket.resetAndDestroy())
  await expect(send(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringMatching(/ECONNRESET|hang up/) })
  const [server] = servers.splice(0)
  const closed = once(server as Server, 'close')
  server?.close()
  await closed
  await expect(send(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('ECONNREFUSED') })
})

test('who gives up gets its own reason', async () => {
  const abort = new AbortController()
  const { port } = await serverOf(() => abort.abort(new Error('enough')))
  await expect(send(`http://127.0.0.1:${port}/`, { signal: abort.signal })).rejects.toThrow('enough')
  await expect(send(`http://127.0.0.1:${port}/`, { signal: abort.signal })).rejects.toThrow('enough')
})

import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { RequestListener } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

import { afterEach, describe, expect, test } from '@jest/globals'
import { serve } from '@muster/api'
import { createClient } from '@muster/client'
import { silentLogger } from '@muster/common'
import { openServiceGroup } from '@muster/servicegroup'
import type { WorkerReader } from '@muster/servicegroup'
import { eventually, freePort, spawnNode, temporaryFolder } from '@muster/testkit'

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function client(...[endpoint, options]: Parameters<typeof createClient>): WorkerReader {
  const reader = createClient(endpoint, options)
  closers.push(() => reader.close())
  return reader
}

/** Listens on a free port with a server that is not Muster's; its address. */
async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const foreign = (handler: RequestListener): Promise<string> => listen(createServer(handler))

async function serveStore(): Promise<{ url: string; backend: string }> {
  const folder = await temporaryFolder()
  closers.push(() => folder[Symbol.asyncDispose]())
  const backend = `embedded:${folder.path}`
  const server = await serve({ backend, port: 0, logger: silentLogger })
  closers.push(() => server.close())
  return { url: server.url, backend }
}

describe('the client of a running server', () => {
  test('lists workers and groups as the store does, filtered as asked', async () => {
    const { url, backend } = await serveStore()
    const store = await openServiceGroup(backend)
    closers.push(() => store.close())
    await store.join({ group: 'vitrage', name: 'ApiWorker worker(0)', hostname: 'h1', labels: { rack: 'r1' } })
    await store.join({ group: 'default', name: 'naïve 🦊\n', hostname: 'h2' })
    const reader = client(url)
    await eventually(async () => expect(await reader.workers()).toHaveLength(2))

    for (const filter of [undefined, { group: 'vitrage' }, { group: ['vitrage', 'default'], hostname: 'h2' }, { name: 'naïve 🦊\n' }, { name: 'nosuch' }, { type: [] }]) {
      expect(await reader.workers(filter)).toEqual(await store.workers(filter))
    }
    expect(await reader.groups()).toEqual(await store.groups())
  })

  test('finds a server behind a path, with and without a trailing slash', async () => {
    const { url } = await serveStore()
    const proxy = await foreign((req, res) => {
      if (req.url?.startsWith('/muster/v1/') !== true) return void res.writeHead(404).end('lost')
      const forwarded = request(url + req.url.slice('/muster'.length), { headers: req.headers })
      forwarded.on('response', (answer) => answer.pipe(res.writeHead(answer.statusCode ?? 502, answer.headers))).end()
    })
    expect(await client(`${proxy}/muster`).workers()).toEqual([])
    expect(await client(`${proxy}/muster/`).groups()).toEqual([])
    await expect(client(proxy).workers()).rejects.toMatchObject({ code: 'backend_unreachable' })
  })

  test('tells the server\'s own errors as the same classes', async () => {
    const { url } = await serveStore()
    await expect(client(`${url}/nosuch`).workers()).rejects.toMatchObject({
      name: 'NotFound',
      code: 'not_found',
      message: 'There is nothing at /nosuch/v1/service',
      hint: 'GET / names what there is.',
    })
  })
})

describe('what cannot be asked is told by its URL and the reason', () => {
  const unreachable = (endpoint: string, reason: string): object => ({ code: 'backend_unreachable', backend: endpoint, message: `Cannot reach ${endpoint}: ${reason}` })

  test('nothing listens there', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`
    await expect(client(endpoint).workers()).rejects.toMatchObject({ ...unreachable(endpoint, 'nothing listens there'), hint: expect.stringContaining('svc serve') })
    await expect(client(endpoint).groups()).rejects.toMatchObject({ code: 'backend_unreachable' })
  })

  test('it takes the question and does not answer', async () => {
    const endpoint = await foreign(() => {})
    await expect(client(endpoint, { timeoutMs: 50 }).workers()).rejects.toMatchObject(unreachable(endpoint, 'no answer within 50 ms'))
  })

  test('it begins an answer and does not finish', async () => {
    const endpoint = await foreign((_req, res) => void res.writeHead(200, { 'Content-Type': 'application/json' }).write('[{"name":'))
    await expect(client(endpoint, { timeoutMs: 100 }).workers()).rejects.toMatchObject(unreachable(endpoint, 'no answer within 100 ms'))
  })

  test('it cuts the connection, twice', async () => {
    let connections = 0
    const endpoint = await foreign((req) => {
      connections += 1
      req.socket.destroy()
    })
    await expect(client(endpoint).workers()).rejects.toMatchObject(unreachable(endpoint, 'the connection was cut'))
    expect(connections).toBe(2)
  })

  test('it does not speak HTTP', async () => {
    const endpoint = await listen(createTcpServer((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n')))
    await expect(client(endpoint).workers()).rejects.toMatchObject(unreachable(endpoint, 'what answers there does not speak HTTP'))
  })

  test('another server answers with a page', async () => {
    const endpoint = await foreign((_req, res) => void res.writeHead(200, { 'Content-Type': 'text/html', Server: 'nginx' }).end('<h1>Welcome</h1>'))
    const refused = unreachable(endpoint, 'what answers there is not Muster: HTTP 200, text/html, from nginx')
    await expect(client(endpoint).workers()).rejects.toMatchObject({ ...refused, hint: expect.stringContaining('path') })
  })

  test.each(['{"services":[]}', '[{"name":"ApiWorker worker(0)","hostname":"h1","process":1,"created":"2019-02-10T11:07:15+00:00"}]', '[null]', '"x"', ''])(
    'another server answers with %s',
    async (body) => {
      const endpoint = await foreign((_req, res) => void res.writeHead(200, { 'Content-Type': 'application/json' }).end(body))
      await expect(client(endpoint).workers()).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('what answers there is not Muster') })
    },
  )
})

describe('closing a client', () => {
  test('ends what is under way with Closed, and every later call', async () => {
    let asked: () => void = () => {}
    const arrived = new Promise<void>((resolve) => {
      asked = resolve
    })
    const reader = client(await foreign(() => asked()))
    const outcome = expect(reader.workers()).rejects.toMatchObject({ code: 'closed' })
    await arrived
    await reader.close()
    await outcome
    await expect(reader.workers()).rejects.toMatchObject({ code: 'closed' })
    await expect(reader.groups()).rejects.toMatchObject({ code: 'closed' })
    await expect(reader.watchWorkers()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'closed' })
  })

  test('leaves nothing that keeps its process: it ends by itself', async () => {
    const { url } = await serveStore()
    await using running = spawnNode(new URL('watching-process.js', import.meta.url).pathname, [url])
    expect(await running.exited).toEqual({ code: 0, signal: null })
    expect(running.stdout).toBe('0 workers\nclosed\n')
  })
})

test('a call that its caller aborts rejects with the caller\'s reason', async () => {
  const reason = new Error('not needed')
  const controller = new AbortController()
  const listed = client(await foreign(() => controller.abort(reason))).workers({}, { signal: controller.signal })
  await expect(listed).rejects.toBe(reason)
})

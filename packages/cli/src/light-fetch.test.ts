import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, expect, test } from '@jest/globals'

import { lightFetch } from './light-fetch.js'

let server: Server | undefined

afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

async function serve(handler: RequestListener): Promise<URL> {
  server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base/list?group=a`)
}

const options = { method: 'GET', headers: { Accept: 'application/json' }, signal: new AbortController().signal } as const

test('an answer has its status, its headers in any case, and its text however it was cut into packets', async () => {
  const bytes = Buffer.from('["日本語"]')
  const url = await serve((req, res) => {
    res.writeHead(203, { 'X-Asked': `${req.url ?? ''} ${req.headers.accept ?? ''}` })
    res.write(bytes.subarray(0, 4), () => res.end(bytes.subarray(4)))
  })
  const response = await lightFetch(url, options)
  expect([response.status, response.headers.get('x-ASKED'), response.headers.get('ETag')]).toEqual([203, '/base/list?group=a application/json', null])
  expect(await response.text()).toBe('["日本語"]')
})

test('a redirect is followed, one without end is an error', async () => {
  const url = await serve((req, res) => {
    if (req.url === '/there') res.end('arrived')
    else res.writeHead(307, { Location: req.url === '/round' ? '/round' : '../there' }).end()
  })
  expect(await (await lightFetch(url, options)).text()).toBe('arrived')
  await expect(lightFetch(new URL('/round', url), options)).rejects.toThrow('redirected without end')
})

test('an answer that is cut is an error, not a shorter one', async () => {
  const url = await serve((_req, res) => {
    res.writeHead(200, { 'Content-Length': 100 })
    res.write('[', () => res.destroy())
  })
  const response = await lightFetch(url, options)
  await expect(response.text()).rejects.toMatchObject({ code: 'ECONNRESET' })
})

test('a stream that ends with its connection is told apart from one that was aborted', async () => {
  const url = await serve((_req, res) => {
    res.useChunkedEncodingByDefault = false
    res.writeHead(200, { Connection: 'close' }).write('first')
  })
  const controller = new AbortController()
  const reader = (await lightFetch(url, { ...options, signal: controller.signal })).body?.getReader()
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first')
  const next = reader?.read()
  controller.abort()
  await expect(next).rejects.toMatchObject({ name: 'AbortError' })
})

test('a change is sent with its method and its body', async () => {
  const url = await serve((req, res) => {
    let body = ''
    req.setEncoding('utf8').on('data', (text: string) => (body += text)).on('end', () => res.end(`${req.method ?? ''} ${req.headers['content-length'] ?? ''} ${body}`))
  })
  const headers = { 'Content-Type': 'application/merge-patch+json' }
  expect(await (await lightFetch(url, { ...options, method: 'PATCH', headers, body: '{"zone":"é"}' })).text()).toBe('PATCH 13 {"zone":"é"}')
  expect(await (await lightFetch(url, { ...options, method: 'DELETE' })).text()).toMatch(/^DELETE /)
})

test('a token is for the server that was asked: one that it redirects to does not get it', async () => {
  const seen: (string | undefined)[] = []
  const other = createServer((req, res) => {
    seen.push(req.headers.authorization)
    res.end('arrived')
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`
  const url = await serve((req, res) => {
    seen.push(req.headers.authorization)
    res.writeHead(307, { Location: req.url === '/there' ? elsewhere : '/there' }).end()
  })
  expect(await (await lightFetch(url, { ...options, headers: { Authorization: 'Bearer x' } })).text()).toBe('arrived')
  expect(seen).toEqual(['Bearer x', 'Bearer x', undefined])
  other.close()
})

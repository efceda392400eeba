import { get as ask } from 'node:http'
import type { IncomingMessage } from 'node:http'

import { afterEach, describe, expect, test } from '@jest/globals'
import type { Token } from '@muster/servicegroup'

import { createApp } from '../app.js'
import type { AppOptions } from '../app.js'
import { handMadeGroup, HandMadeServices, HandMadeTokens, HandMadeView } from '../hand-made-view.test.support.js'
import { closeServers, serveApp } from '../serve-app.test.support.js'

afterEach(closeServers)

async function start(tokens: HandMadeTokens, options: AppOptions = {}): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const view = new HandMadeView()
  const port = await serveApp(createApp(handMadeGroup(view, new HandMadeServices(view), tokens), options))
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init)
}

const reader: Token = { id: 'a', name: 'a', role: 'reader', createdAt: '2026-11-28T10:00:00.000Z', expiresAt: null, createdBy: 'ann', source: null }
const withToken = { headers: { 'X-Auth-Token': 'text' } }
const proxied = { headers: { Via: '1.1 proxy' } }

describe('before the tokens have been read', () => {
  test('who needs none is answered at once, who needs one waits for them', async () => {
    const tokens = new HandMadeTokens()
    tokens.synced = false
    const get = await start(tokens)
    expect((await get('/v1/service')).status).toBe(200)
    expect((await get('/livez', withToken)).status).toBe(200)
    const waiting = get('/v1/service', withToken)
    while (tokens.listeners === 0) await get('/livez')
    tokens.change(() => {
      tokens.tokens.set('text', reader)
      tokens.synced = true
    })
    expect((await waiting).status).toBe(200)
    expect(tokens.listeners).toBe(0)
  })

  test('nobody is let in by one that cannot be looked up: 503, with when to come again', async () => {
    const tokens = new HandMadeTokens()
    tokens.synced = false
    tokens.failure = 'the store is locked'
    tokens.tokens.set('text', reader)
    const get = await start(tokens)
    for (const [init, method] of [[withToken, 'GET'], [proxied, 'GET'], [{}, 'POST']] as const) {
      const answer = await get('/v1/token', { ...init, method })
      expect([answer.status, answer.headers.get('Retry-After'), await answer.json()]).toEqual([503, '1', expect.objectContaining({ error: 'backend_unreachable', detail: expect.stringContaining('the store is locked') })])
    }
  })
})

describe('a server that others can reach', () => {
  test('wants a token from elsewhere, and for writing from everywhere, also when the last one is revoked', async () => {
    const tokens = new HandMadeTokens()
    const get = await start(tokens, { beyondLoopback: true })
    expect((await get('/v1/service')).status).toBe(200)
    expect((await get('/v1/service', proxied)).status).toBe(401)
    expect((await get('/v1/token')).status).toBe(401)
    expect((await get('/v1/service', withToken)).status).toBe(401)
    expect((await get('/readyz', proxied)).status).toBe(200)
  })
})

test('a stream that needed no token ends when one is needed', async () => {
  const tokens = new HandMadeTokens()
  const get = await start(tokens)
  const [elsewhere, here] = [await get('/v1/watch', proxied), await get('/v1/watch')]
  const over = elsewhere.text()
  tokens.change(() => tokens.tokens.set('text', reader))
  expect(await over).toContain('event: synced')
  expect(tokens.listeners).toBe(1)
  await here.body?.cancel()
})

test('without tokens a server answers under the names of its own host alone, and with them who comes under another is somebody else', async () => {
  const tokens = new HandMadeTokens()
  const port = await serveApp(createApp(handMadeGroup(new HandMadeView(), undefined, tokens)))
  const statusAs = async (Host: string): Promise<number | undefined> => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      ask({ host: '127.0.0.1', port, path: '/v1/service', headers: { Host }, agent: false }, resolve).on('error', reject)
    })
    response.resume()
    return response.statusCode
  }
  for (const host of ['127.0.0.1', `localhost:${port}`, '[::1]:80', 'LOCALHOST']) expect([host, await statusAs(host)]).toEqual([host, 200])
  for (const host of ['rebound.example', `127.0.0.1.example:${port}`, '10.0.0.1']) expect([host, await statusAs(host)]).toEqual([host, 403])
  tokens.change(() => tokens.tokens.set('text', reader))
  expect([await statusAs('localhost'), await statusAs('rebound.example')]).toEqual([200, 401])
})

import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { afterEach, describe, expect, test } from '@jest/globals'

import { a, b, closeScenes, joined, left, named, scene } from './scene.test.support.js'

afterEach(closeScenes)

/** What buffers of this process hold, garbage left out. */
function bufferBytes(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().arrayBuffers
}

describe('a client that does not read', () => {
  const large = { labels: { text: 'x'.repeat(50_000) } }

  /** Asks for the stream and reads nothing. */
  async function openSilently(port: number): Promise<Socket> {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'readable') // it has begun; with nobody to take it, little more comes
    return socket
  }

  test('costs what its socket buffers, and is told to begin anew when it reads again', async () => {
    const { view, watch, port, logged } = await scene({ rows: [a], feed: { ring: { changes: 20, bytes: 1e9 } } })
    const slow = await openSilently(port)
    const quick = await watch()
    await quick.until('synced')
    const before = bufferBytes()
    for (let count = 0; count < 600; count += 1) {
      const row = named('large', { ...large, process: count })
      view.happen(joined(row), left(row)) // 60 MB in all
      await quick.next()
      await quick.next()
    }
    view.happen(joined(b))
    await quick.next()
    let held = bufferBytes() - before
    // Two sockets and the ring. The memory of what was collected is given back beside the program, a moment later.
    for (let look = 0; look < 100 && held >= 20e6; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      held = bufferBytes() - before
    }
    expect(held).toBeLessThan(20e6)

    let seen = ''
    const events = (): string[] => [...seen.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name ?? '')
    for await (const chunk of slow.setEncoding('utf8') as AsyncIterable<string>) {
      seen += chunk
      if (events().lastIndexOf('synced') > events().indexOf('reset') && events().includes('reset')) break
    }
    const after = events().slice(events().indexOf('reset'))
    expect(after).toEqual(['reset', 'snapshot', 'synced'])
    expect(seen.slice(seen.indexOf('event: reset'))).toContain('"name":"b"')
    expect(logged).toEqual(['a watching client was too slow and begins anew'])
  })

  test('is cut off after some time', async () => {
    const { view, port, logged } = await scene({ feed: { stalledMs: 50, heartbeatMs: 10 } })
    const silent = await openSilently(port)
    const closed = once(silent, 'close')
    for (let count = 0; count < 300; count += 1) view.happen(joined(named(`w${count}`, large)))
    while (logged.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(logged).toEqual(['a watching client that does not read was cut off'])
    silent.on('error', () => {}).resume()
    await closed
  })
})

describe('while the backend does not answer', () => {
  const suspended = { state: 'suspended', epoch: 1, reason: 'the store is locked' } as const

  test('the stream says how old it is, when that is too old, and when it is current again', async () => {
    const { view, watch } = await scene({ rows: [a] })
    const reader = await watch()
    const patient = await watch('?stale=1h')
    for (const stream of [reader, patient]) await stream.until('synced')
    const lastContact = Date.now() - 1000
    view.change({ connection: suspended, lastContact })
    const asOf = new Date(lastContact).toISOString()
    expect(await reader.next()).toEqual({ event: 'stale', id: undefined, data: { asOf } })
    expect(await patient.next()).toEqual({ event: 'stale', id: undefined, data: { asOf } })
    const tooOld = Date.now() - 10_001
    view.lastContact = tooOld // time passes: nobody tells
    expect(await reader.next()).toEqual({ event: 'unavailable', id: undefined, data: { asOf: new Date(tooOld).toISOString(), reason: 'the store is locked' } })
    view.change({ connection: { state: 'connected', epoch: 1 } })
    const current = { event: 'current', id: undefined, data: { asOf: expect.any(String) } }
    expect(await reader.next()).toEqual(current)
    expect(await patient.next()).toEqual(current)
  })

  test('a stream begins with what is stale and says so first; what is too old is refused unless that was asked for', async () => {
    const { view, watch, ask } = await scene({ rows: [a] })
    view.change({ connection: suspended, lastContact: Date.now() - 1000 })
    const reader = await watch()
    expect(reader.response.headers['x-svc-as-of']).toBeDefined()
    expect((await reader.until('synced')).map(({ event }) => event)).toEqual(['stale', 'snapshot', 'synced'])

    view.change({ lastContact: Date.now() - 60_000 })
    for (const path of ['/v1/watch', '/v1/service', '/v1/group', '/v1/service?stale=30s', '/v1/group?stale=0']) {
      const refused = await ask(path)
      expect([path, refused.status, refused.headers.get('Retry-After')]).toEqual([path, 503, '1'])
      expect(await refused.json()).toMatchObject({ error: 'backend_unreachable' })
    }
    for (const path of ['/v1/service?stale=1h', '/v1/group?stale=90', '/v1/service?stale=2m&name=a']) {
      const told = await ask(path)
      expect([path, told.status]).toEqual([path, 200])
      expect(told.headers.get('Warning')).toMatch(/^110 /)
    }
    expect((await (await watch('?stale=2m')).until('synced')).map(({ event }) => event)).toEqual(['stale', 'snapshot', 'synced'])
  })

  test.each(['stale=soon', 'stale=', 'stale=-1s', 'stale=1s&stale=2s'])('?%s is refused by name', async (query) => {
    const { ask } = await scene()
    for (const path of ['/v1/watch', '/v1/service', '/v1/group']) {
      const response = await ask(`${path}?${query}`)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: 'invalid_argument', errors: [{ parameter: 'stale' }] })
    }
  })

  test('before the first sync it is refused, never told as empty', async () => {
    const { ask } = await scene({ synced: false })
    expect((await ask('/v1/watch')).status).toBe(503)
  })
})

describe('what else is asked of it', () => {
  test.each(['text/event-stream', '*/*', 'text/*', 'application/json, text/event-stream;q=0.1', undefined])('Accept %s is answered', async (accept) => {
    const { watch } = await scene()
    expect(await (await watch('', accept === undefined ? {} : { Accept: accept })).next()).toMatchObject({ event: 'synced' })
  })

  test.each(['application/json', 'text/html, application/json;q=0.9', 'text/event-stream;q=0, application/json'])('Accept %s is not acceptable', async (accept) => {
    const { ask } = await scene()
    const response = await ask('/v1/watch', { headers: { Accept: accept } })
    expect([response.status, response.headers.get('Content-Type')]).toEqual([406, 'application/problem+json'])
    expect(await response.json()).toMatchObject({ status: 406, error: 'not_supported', hint: expect.stringContaining('text/event-stream') })
  })

  test('HEAD gets the head alone; other methods, other words and a trailing slash are treated as elsewhere', async () => {
    const { ask, watch } = await scene()
    const head = await ask('/v1/watch', { method: 'HEAD' })
    expect([head.status, head.headers.get('Content-Type'), await head.text()]).toEqual([200, 'text/event-stream', ''])
    const post = await ask('/v1/watch', { method: 'POST' })
    expect([post.status, post.headers.get('Allow')]).toEqual([405, 'GET, HEAD'])
    const misspelt = await ask('/v1/watch?grup=a')
    expect(await misspelt.json()).toMatchObject({ status: 400, detail: "Unknown parameter 'grup'. Did you mean 'group'?" })
    expect(await (await watch('/')).next()).toMatchObject({ event: 'synced' })
  })

  test('a server that stops ends its streams and begins no more', async () => {
    const { watch, stop, ask, port } = await scene()
    const reader = await watch()
    await reader.until('synced')
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /v1/watch HTTP/1.0\r\n\r\n')
    await once(socket, 'readable')
    stop()
    expect(await reader.next()).toBeUndefined()
    expect(await text(socket)).toMatch(/event: synced/)
    const refused = await ask('/v1/watch')
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '1'])
  })
})

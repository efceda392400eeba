import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { silentLogger } from '@muster/common'
import { eventually, exchange, RawConnection, within } from '@muster/testkit'
import type { RawAnswer } from '@muster/testkit'

import { ServedStore } from './served-store.js'

let store: ServedStore

beforeAll(async () => {
  store = await ServedStore.start()
})

afterAll(async () => {
  await store[Symbol.asyncDispose]()
})

const head = (line: string, ...headers: string[]): string => [line, 'Host: localhost', ...headers, '', ''].join('\r\n')
const post = (...headers: string[]): string => head('POST /v1/service HTTP/1.1', 'Content-Type: application/json', ...headers)
const last = 'Connection: close'

/** What every answer has that is an error, whoever made it. */
function expectProblem(answer: RawAnswer | undefined, status: number): void {
  expect(answer?.status).toBe(status)
  expect(answer?.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'cache-control': 'no-store',
  })
  expect(JSON.parse(answer?.body ?? '')).toMatchObject({ status, requestId: answer?.headers['x-request-id'], detail: expect.stringMatching(/\S/) })
}

describe('what no server could be asked', () => {
  test.each<[name: string, request: string, status: number]>([
    ['something that is no HTTP', 'hello\r\n\r\n', 400],
    ['an unknown method', head('BREW / HTTP/1.1'), 400],
    ['HTTP/0.9', 'GET /\r\n\r\n', 400],
    ['HTTP/2 without being asked', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a header that goes on in the next line', head('GET / HTTP/1.1', 'X-A: 1\r\n b'), 400],
    ['a header with a bare line feed', 'GET / HTTP/1.1\nHost: x\n\n', 400],
    ['a blank before the colon', head('GET / HTTP/1.1', 'X-A : 1'), 400],
    ['a NUL in a header', head('GET / HTTP/1.1', 'X-A: a\0b'), 400],
    ['two lengths', post('Content-Length: 2', 'Content-Length: 3', last) + '{}', 400],
    ['a length and chunks', post('Content-Length: 2', 'Transfer-Encoding: chunked', last) + '2\r\n{}\r\n0\r\n\r\n', 400],
    ['a length that is none', post('Content-Length: -1', last), 400],
    ['chunks that are none', post('Transfer-Encoding: chunked', last) + 'zz\r\n', 400],
    ['an encoding that is none', post('Transfer-Encoding: rot13', last), 400],
    ['no Host', `GET /livez HTTP/1.1\r\n${last}\r\n\r\n`, 400],
    ['two Hosts', head('GET /livez HTTP/1.1', 'Host: y', last), 400],
    ['a tunnel', head('CONNECT example.org:443 HTTP/1.1'), 405],
    ['an expectation', post('Expect: a-miracle', 'Content-Length: 2', last) + '{}', 417],
    ['a head of 17 kB', head('GET /livez HTTP/1.1', `X-A: ${'a'.repeat(17_000)}`), 431],
    ['101 headers', head('GET /livez HTTP/1.1', last, ...Array.from({ length: 99 }, (_, index) => `X-${index}: 1`)), 431],
    ['a URL of 9000 characters', head(`GET /livez?${'a'.repeat(9000)} HTTP/1.1`, last), 414],
    ['a body whose end is missing', post('Content-Length: 1000000000', last), 413],
  ])('%s: a problem, and the connection ends', async (_, request, status) => {
    const answers = await exchange(store.server.port, request, { timeoutMs: 5000 })
    expectProblem(answers.at(-1), status)
    expect(answers).toHaveLength(1)
    expect(answers[0]?.headers.connection).toBe('close')
  })

  test.each<[name: string, request: string]>([
    ['100 headers', head('GET /livez HTTP/1.1', last, ...Array.from({ length: 98 }, (_, index) => `X-${index}: 1`))],
    ['a URL of 8192 characters', head(`GET /livez?${'a'.repeat(8185)} HTTP/1.1`, last)],
    ['an absolute URL', head('GET http://example.org/livez HTTP/1.1', last)],
    ['HTTP/1.0 without Host', 'GET /livez HTTP/1.0\r\n\r\n'],
    ['an Upgrade that is not taken up', head('GET /livez HTTP/1.1', 'Connection: Upgrade, close', 'Upgrade: websocket')],
  ])('%s is answered', async (_, request) => {
    const answers = await exchange(store.server.port, request)
    expect(answers.map(({ status, body }) => [status, body])).toEqual([[200, '{"status":"ok"}']])
  })
})

describe('a body', () => {
  test('of 1 GB that is announced is refused before it is sent, and not asked for', async () => {
    const [answer, ...others] = await exchange(store.server.port, post('Expect: 100-continue', `Content-Length: ${2 ** 30}`), { untilAnswered: true })
    expectProblem(answer, 413)
    expect(others).toEqual([])
  })

  test('that goes on for ever is cut', async () => {
    const connection = new RawConnection(store.server.port)
    const { socket } = connection
    socket.write(post('Transfer-Encoding: chunked'))
    const chunk = Buffer.from(`2000\r\n${'a'.repeat(8192)}\r\n`)
    const pump = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    }
    socket.on('drain', pump)
    pump()
    await within(connection.closed, 10_000, 'the end of the connection')
    expectProblem(connection.answers[0], 413)
  })

  test.each(['[', '{"a":'])('with thousands of %s in each other is refused', async (opening) => {
    const closing = opening === '[' ? ']' : '}'
    const body = opening.repeat(10_000) + '1' + closing.repeat(10_000)
    for (const path of ['/v1/service/x', '/v2.1/os-services/enable']) {
      const response = await fetch(store.server.url + path, { method: path.startsWith('/v1') ? 'PATCH' : 'PUT', headers: { 'Content-Type': 'application/json' }, body })
      expect([path, response.status]).toEqual([path, 400])
    }
  })

  test('with thousands of mistakes is told the first twenty', async () => {
    const body = JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, 1])))
    const response = await store.get('/v1/service/x', { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body })
    const { errors } = (await response.json()) as { errors: unknown[] }
    expect([response.status, errors.length]).toEqual([400, 20])
  })
})

describe('one connection', () => {
  test('may wait for 100 answers; the next request ends it', async () => {
    const whole = await exchange(store.server.port, head('GET /livez HTTP/1.1').repeat(99) + head('GET /livez HTTP/1.1', last))
    expect(whole.filter(({ status }) => status === 200).length).toBe(100)
    const more = await exchange(store.server.port, head('GET /livez HTTP/1.1').repeat(101))
    expect([more.length, more.at(-1)?.status, more.at(-1)?.headers.connection]).toEqual([101, 429, 'close'])
  })
})

describe('too many connections', () => {
  const few = { maxConnections: 10 } // 8 from one address, 6 that watch, 5 from one address

  async function withFew(use: (port: number, open: (count: number, from: string, request?: string) => Promise<RawConnection[]>, metrics: () => Promise<string>) => Promise<void>): Promise<void> {
    await using small = await ServedStore.start(silentLogger, few)
    const opened: RawConnection[] = []
    const { port, url } = small.server
    try {
      await use(
        port,
        async (count, from, request) => {
          const those = Array.from({ length: count }, () => new RawConnection(port, from))
          opened.push(...those)
          for (const connection of those) {
            await connection.connected
            if (request === undefined) continue
            connection.socket.write(request)
            await eventually(() => expect(connection.text).not.toBe(''))
          }
          return those
        },
        async () => (await fetch(`${url}/metrics`)).text(),
      )
    } finally {
      for (const { socket } of opened) socket.destroy()
    }
  }

  test('idle ones make room for those that ask, the longest idle first, whoever holds them', async () => {
    await withFew(async (port, open, metrics) => {
      const [first, ...others] = await open(8, '127.0.0.9')
      expect((await exchange(port, head('GET /livez HTTP/1.1', last), { from: '127.0.0.9' }))[0]?.status).toBe(200)
      await within(first?.closed ?? Promise.reject(new Error('none')), 5000, 'the end of the longest idle')
      expect(others.every(({ socket }) => !socket.destroyed)).toBe(true)
      await open(2, '127.0.0.8')
      expect((await exchange(port, head('GET /livez HTTP/1.1', last), { from: '127.0.0.7' }))[0]?.status).toBe(200)
      expect(await metrics()).toMatch(/^svc_connections_closed_total\{reason="room"\} [2-9]$/m)
    })
  })

  test('an address that only connects loses its oldest connections, and is answered all the same', async () => {
    const { port } = store.server
    const opened: RawConnection[] = []
    const open = (): RawConnection => {
      opened.push(new RawConnection(port, '127.0.0.9'))
      return opened.at(-1) as RawConnection
    }
    try {
      const asking = open()
      asking.socket.write('GET /livez HT')
      const first = open()
      while (!first.socket.destroyed) await open().connected
      expect(asking.socket.destroyed).toBe(false)
      asking.socket.write(`TP/1.1\r\nHost: x\r\n\r\n`)
      await eventually(() => expect(asking.text).toMatch(/^HTTP\/1.1 200 /))
      expect(await (await store.get('/metrics')).text()).toMatch(/^svc_connections_closed_total\{reason="silent"\} [1-9]/m)
    } finally {
      for (const { socket } of opened) socket.destroy()
    }
  })

  test('where none is idle the next is refused, of that address alone; streams leave places for lists', async () => {
    await withFew(async (port, open, metrics) => {
      const watch = head('GET /v1/watch HTTP/1.1')
      const streams = await open(5, '127.0.0.9', watch)
      expect(streams.map(({ text }) => text.slice(9, 12))).toEqual(Array.from({ length: 5 }, () => '200'))
      const [sixth] = await exchange(port, watch, { from: '127.0.0.9', untilAnswered: true })
      expectProblem(sixth, 429)
      expect(sixth?.headers['retry-after']).toBe('5')
      await open(1, '127.0.0.8', watch)
      expectProblem((await exchange(port, watch, { from: '127.0.0.7', untilAnswered: true }))[0], 503)
      await open(3, '127.0.0.9', head('POST /v1/service HTTP/1.1', 'Content-Type: application/json', 'Expect: 100-continue', 'Content-Length: 9'))
      expect(await exchange(port, head('GET /livez HTTP/1.1', last), { from: '127.0.0.9' })).toEqual([])
      const text = await metrics()
      expect(text).toMatch(/^svc_connections_closed_total\{reason="address_full"\} 1$/m)
      expect(text).toMatch(/^svc_connections\{state="busy"\} 10$/m)
      expect(text).toMatch(/^svc_connections_max 10$/m)
    })
  })

  test('a place is free again when its stream ends', async () => {
    await withFew(async (port, open) => {
      const watch = head('GET /v1/watch HTTP/1.1')
      const [first] = await open(5, '127.0.0.9', watch)
      first?.socket.destroy()
      for (;;) {
        const [again] = await open(1, '127.0.0.9', watch)
        if (again?.text.startsWith('HTTP/1.1 200')) break
      }
    })
  })
})

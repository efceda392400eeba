import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { ServedStore } from './served-store.js'

let store: ServedStore

beforeAll(async () => {
  store = await ServedStore.start()
})

afterAll(async () => {
  await store[Symbol.asyncDispose]()
})

const json = { 'Content-Type': 'application/json' }

/** Asks, and checks what every problem has in common. */
async function problem(path: string, init?: RequestInit): Promise<{ response: Response; body: Record<string, unknown> }> {
  const response = await store.get(path, init)
  expect(response.headers.get('Content-Type')).toBe('application/problem+json')
  const body = (await response.json()) as Record<string, unknown>
  expect(Object.keys(body).join(' ')).toBe('type title status detail instance code description error hint requestId errors')
  const { status, headers } = response
  expect(body).toMatchObject({ status, code: status, description: body.detail, instance: path.split('?')[0], requestId: headers.get('X-Request-Id') })
  return { response, body }
}

describe('one form for every error', () => {
  test.each(['/nosuch', '/v1/service/x', '/V1/service', '/v1/%E0%A4%A'])('%s: not found', async (path) => {
    const { body } = await problem(path)
    expect(body).toMatchObject({ status: 404, title: 'Not Found', error: 'not_found' })
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s on a list: not allowed, with the methods that are', async (method) => {
    const { response, body } = await problem('/v1/service', { method })
    expect(body).toMatchObject({ status: 405, error: 'not_supported', hint: 'Allowed: GET, HEAD.' })
    expect(response.headers.get('Allow')).toBe('GET, HEAD')
  })

  test('an unknown parameter: with the one that was meant', async () => {
    const { body } = await problem('/v1/service/?hostnam=h1')
    const detail = "Unknown parameter 'hostnam'. Did you mean 'hostname'?"
    expect(body).toMatchObject({ status: 400, error: 'invalid_argument', detail, errors: [{ parameter: 'hostnam', detail }] })
    expect((await problem('/v1/group?group=a')).body).toMatchObject({ status: 400, error: 'invalid_argument' })
  })

  test.each(['{bad', '[1,', '"text"', '\u0000'])('a body that is not JSON: %j', async (body) => {
    const answer = await problem('/v1/service', { method: 'POST', headers: json, body })
    expect(answer.body).toMatchObject({ status: 400, error: 'invalid_argument', detail: expect.stringMatching(/^The body is not JSON: /) })
  })

  test('a body that is too large, announced or not', async () => {
    const body = JSON.stringify(['a'.repeat(150_000)])
    expect((await problem('/v1/service', { method: 'POST', headers: json, body })).body).toMatchObject({
      status: 413,
      error: 'too_large',
      detail: 'The body is too large: 150004, at most 102400',
    })
    const chunks = new Blob([body]).stream()
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers: json, body: chunks, duplex: 'half' }
    expect((await problem('/v1/service', init)).body).toMatchObject({ status: 413, error: 'too_large', detail: expect.stringMatching(/: \d+, at most 102400$/) })
  })

  test.each([
    [{ 'Content-Type': 'text/xml' }, '<a/>'],
    [{ 'Content-Type': 'application/json; charset=latin9' }, '{}'],
    [{ 'Content-Type': 'application/json', 'Content-Encoding': 'rot13' }, '{}'],
    [{ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }, '{}'],
  ])('a body that cannot be read: %j', async (headers, body) => {
    expect((await problem('/v1/service', { method: 'POST', headers, body })).body).toMatchObject({ status: 415, error: 'not_supported' })
  })

  test('a good JSON body does not help where no method takes one', async () => {
    expect((await problem('/v1/service', { method: 'POST', headers: json, body: '{}' })).body).toMatchObject({ status: 405 })
  })

  test('HEAD gets the head of the problem', async () => {
    const response = await store.get('/nosuch', { method: 'HEAD' })
    expect([response.status, response.headers.get('Content-Type'), await response.text()]).toEqual([404, 'application/problem+json', ''])
  })
})

describe('the request id', () => {
  test('is the one that was sent', async () => {
    const { body } = await problem('/nosuch', { headers: { 'X-Request-Id': 'req-7f.A_1' } })
    expect(body.requestId).toBe('req-7f.A_1')
    expect((await store.get('/livez', { headers: { 'X-Request-Id': 'req-8' } })).headers.get('X-Request-Id')).toBe('req-8')
  })

  test.each(['', 'with space', 'a'.repeat(65), '{"x":1}'])('is made anew when %j was sent', async (sent) => {
    const ids = new Set<unknown>([sent])
    for (let count = 0; count < 2; count += 1) ids.add((await problem('/nosuch', { headers: { 'X-Request-Id': sent } })).body.requestId)
    expect(ids.size).toBe(3)
  })
})

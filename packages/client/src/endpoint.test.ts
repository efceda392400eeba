import { describe, expect, test } from '@jest/globals'

import { parseEndpoint } from './endpoint.js'

describe('an endpoint', () => {
  test.each([
    ['http://127.0.0.1:8999', 'http://127.0.0.1:8999/v1/service'],
    ['http://127.0.0.1:8999/', 'http://127.0.0.1:8999/v1/service'],
    ['https://ops.example.org/muster', 'https://ops.example.org/muster/v1/service'],
    ['https://ops.example.org/muster/', 'https://ops.example.org/muster/v1/service'],
    ['http://[::1]:8999', 'http://[::1]:8999/v1/service'],
  ])('%s is asked at %s', (endpoint, asked) => {
    expect(new URL('v1/service', parseEndpoint(endpoint)).href).toBe(asked)
  })

  test.each([
    ['', 'not a URL', 'http://127.0.0.1:8999'],
    ['127.0.0.1:8999', 'not a URL', 'scheme'],
    ['localhost:8999', "'localhost:'", 'http://'],
    ['embedded:/srv/muster', "'embedded:'", '--backend'],
    ['zookeeper://h1:2181/x', "'zookeeper:'", '--backend'],
    ['http://h/?group=a', 'query', 'End it'],
    ['http://h/#x', 'fragment', 'End it'],
  ])('%j is refused: %s', (endpoint, message, hint) => {
    expect(() => parseEndpoint(endpoint)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', argument: 'endpoint', message: expect.stringContaining(message), hint: expect.stringContaining(hint) }),
    )
  })

  test('a password is refused and not repeated', () => {
    expect(() => parseEndpoint('http://me:hunter2@h/')).toThrow(expect.objectContaining({ code: 'invalid_argument', message: expect.not.stringContaining('hunter2') }))
  })
})

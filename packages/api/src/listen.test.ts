import { describe, expect, test } from '@jest/globals'

import { mustBeLoopback } from './listen.js'

describe('the address to listen on', () => {
  test.each(['127.0.0.1', '127.1.2.3', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost', 'LocalHost'])('%s is this machine alone', (host) => {
    expect(() => mustBeLoopback(host)).not.toThrow()
  })

  const others = ['0.0.0.0', '::', '', '192.168.1.2', '128.0.0.1', '::ffff:10.0.0.1', 'example.org', 'localhost.example.org', '0177.0.0.1']
  test.each(others)('%j is refused: others could reach it', (host) => {
    const refusal = { code: 'not_allowed', message: expect.stringContaining(`'${host}'`), hint: expect.stringContaining('127.0.0.1') }
    expect(() => mustBeLoopback(host)).toThrow(expect.objectContaining(refusal))
  })
})

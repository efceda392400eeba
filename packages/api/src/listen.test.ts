import { describe, expect, test } from '@jest/globals'

import { mustHaveTokens } from './listen.js'

describe('the address to listen on', () => {
  test.each(['127.0.0.1', '127.1.2.3', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost', 'LocalHost'])('%s is this machine alone', (host) => {
    expect(() => mustHaveTokens(host, [])).not.toThrow()
  })

  const others = ['0.0.0.0', '::', '', '192.168.1.2', '128.0.0.1', '::ffff:10.0.0.1', 'example.org', 'localhost.example.org', '0177.0.0.1']
  test.each(others)('%j is refused while there are no tokens: others could reach it', (host) => {
    const refusal = { code: 'not_allowed', message: expect.stringContaining(`'${host}'`), hint: expect.stringContaining('svc token create --role admin') }
    expect(() => mustHaveTokens(host, [])).toThrow(expect.objectContaining(refusal))
    expect(() => mustHaveTokens(host, ['a token'])).not.toThrow()
  })
})

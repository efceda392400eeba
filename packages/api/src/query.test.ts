import { describe, expect, test } from '@jest/globals'

import { queryReader } from './query.js'

const read = queryReader(['group', 'name'])

describe('a query', () => {
  test.each([
    ['/v1/service', {}],
    ['/v1/service?', {}],
    ['/v1/service?group=vitrage', { group: ['vitrage'] }],
    ['/v1/service?group=a&name=x&group=b', { group: ['a', 'b'], name: ['x'] }],
    ['/v1/service?name=ApiWorker+worker%280%29', { name: ['ApiWorker worker(0)'] }],
    ['/v1/service?name=%F0%9F%A6%8A', { name: ['🦊'] }],
    ['/v1/service?name=', { name: [''] }],
  ])('%s is read as %j', (url, expected) => {
    expect(read(url)).toEqual(expected)
  })

  test('a misspelt parameter is refused with the one that was meant and with those there are', () => {
    expect(() => read('/v1/service?grup=vitrage')).toThrow(
      expect.objectContaining({
        status: 400,
        error: 'invalid_argument',
        message: "Unknown parameter 'grup'. Did you mean 'group'?",
        hint: 'Parameters: group, name.',
        errors: [{ parameter: 'grup', detail: "Unknown parameter 'grup'. Did you mean 'group'?" }],
      }),
    )
  })

  test('every unknown parameter is named', () => {
    expect(() => read('/v1/service?a=1&group=b&constructor=2&__proto__=3')).toThrow(
      expect.objectContaining({ errors: ['a', 'constructor', '__proto__'].map((parameter) => expect.objectContaining({ parameter })) }),
    )
  })

  test('a path without parameters says so', () => {
    expect(() => queryReader([])('/v1/group?group=a')).toThrow(expect.objectContaining({ status: 400, hint: 'This path takes no parameters.' }))
  })
})

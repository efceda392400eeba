import { describe, expect, test } from '@jest/globals'

import { flag, integer, queryReader, text, texts } from './query.js'

const read = queryReader({ group: texts('.'), name: texts('.') })

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
    expect(() => queryReader({})('/v1/group?group=a')).toThrow(expect.objectContaining({ status: 400, hint: 'This path takes no parameters.' }))
  })

  const readValues = queryReader({ status: texts('.', ['enabled', 'disabled']), limit: integer('.', 1, 1000), consistent: flag('.'), stale: text('.') })

  test('values are what they stand for; those that cannot be are refused by the name of their parameter', () => {
    expect(readValues('/?limit=7&consistent=true&stale=1h&status=enabled')).toEqual({ limit: 7, consistent: true, stale: '1h', status: ['enabled'] })
    const refused = (query: string): unknown => {
      try {
        return readValues(query)
      } catch (error) {
        return error
      }
    }
    const refusal = (parameter: string, detail: string): object => ({ status: 400, errors: [{ parameter, detail }] })
    expect(refused('/?status=enabld')).toMatchObject(refusal('status', "Parameter 'status' is none of enabled, disabled: \"enabld\". Did you mean 'enabled'?"))
    expect(refused('/?limit=0')).toMatchObject(refusal('limit', "Parameter 'limit' must be >= 1."))
    expect(refused('/?limit=many')).toMatchObject(refusal('limit', "Parameter 'limit' must be integer."))
    expect(refused('/?consistent=yes')).toMatchObject(refusal('consistent', "Parameter 'consistent' must be boolean."))
    expect(refused('/?stale=1h&stale=2h')).toMatchObject(refusal('stale', "Parameter 'stale' was given more than once."))
  })
})

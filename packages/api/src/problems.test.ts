import { describe, expect, test } from '@jest/globals'

import { BackendUnreachable, httpStatusByCode, NotFound } from '@muster/common'

import { Refusal, toProblem } from './problems.js'

const request = { instance: '/v1/service', requestId: 'r-1' }

describe('the body of an error', () => {
  test('has every key, in the documented order, with detail and status also under the names of the Vitrage client', () => {
    const { problem, headers } = toProblem(new NotFound("Service 'x'"), request)
    expect(JSON.stringify(problem)).toBe(
      '{"type":"about:blank","title":"Not Found","status":404,"detail":"Service \'x\' was not found","instance":"/v1/service","code":404,' +
        '"description":"Service \'x\' was not found","error":"not_found","hint":null,"requestId":"r-1","errors":[]}',
    )
    expect(headers).toEqual({})
  })

  test('of an unreachable backend asks to come back', () => {
    const { problem, headers } = toProblem(new BackendUnreachable('the backend', 'it is locked', { hint: 'Wait.' }), request)
    const status = httpStatusByCode.backend_unreachable
    expect(problem).toMatchObject({ status, error: 'backend_unreachable', detail: 'Cannot reach the backend: it is locked', hint: 'Wait.' })
    expect(headers).toEqual({ 'Retry-After': '1' })
  })

  test('of a refusal carries its headers and what is wrong with each parameter', () => {
    const errors = [{ parameter: 'a', detail: 'Unknown.' }]
    const { problem, headers } = toProblem(new Refusal(405, 'not_supported', 'No.', { headers: { Allow: 'GET' }, errors }), request)
    expect(problem).toMatchObject({ status: 405, title: 'Method Not Allowed', error: 'not_supported', errors })
    expect(headers).toEqual({ Allow: 'GET' })
  })

  test('of an unforeseen failure tells nothing of its inside', () => {
    const { problem } = toProblem(new TypeError('password=hunter2'), request)
    expect(problem).toMatchObject({ status: 500, error: 'internal_error', detail: 'The server failed to answer', requestId: 'r-1' })
    expect(JSON.stringify(problem)).not.toContain('hunter2')
  })
})

import { describe, expect, test } from '@jest/globals'

import { isNegotiated, microversionHeaders, minorOf, readMicroversion } from './microversions.js'

/** The version that these headers ask for, and what the answer says of it. */
function negotiated(headers: Record<string, string>): { minor: number; told: readonly string[] } {
  const res = { locals: {} }
  readMicroversion({ headers }, res)
  return { minor: minorOf(res), told: microversionHeaders(res) }
}

const standard = (value: string): Record<string, string> => ({ 'openstack-api-version': value })
const legacy = (value: string): Record<string, string> => ({ 'x-openstack-nova-api-version': value })

describe('the version that a request asks for', () => {
  test.each<[string, Record<string, string>, number]>([
    ['no header: the lowest', {}, 1],
    ['the standard header', standard('compute 2.53'), 53],
    ['the legacy header', legacy('2.53'), 53],
    ['the standard header before the legacy one', { ...standard('compute 2.60'), ...legacy('2.11') }, 60],
    ['another service in the standard header', standard('volume 3.27'), 1],
    ['another service in the standard header, and the legacy one', { ...standard('volume 3.27'), ...legacy('2.11') }, 11],
    ['several services', standard('volume 3.27, compute 2.69,identity 3.0'), 69],
    ['the last of two', standard('compute 2.11, compute 2.53'), 53],
    ['the last of two in the legacy header', legacy('2.11, 2.53'), 53],
    ['the name of the service in other letters, with more spaces', standard('Compute   2.53 '), 53],
    ['latest', standard('compute latest'), 93],
    ['latest in the legacy header', legacy('latest'), 93],
    ['the lowest', legacy('2.1'), 1],
    ['the highest', legacy('2.93'), 93],
    ['an empty header', legacy(''), 1],
  ])('%s', (_, headers, minor) => {
    const version = `2.${minor}`
    expect(negotiated(headers)).toEqual({
      minor,
      told: ['OpenStack-API-Version', `compute ${version}`, 'X-OpenStack-Nova-API-Version', version, 'Vary', 'OpenStack-API-Version, X-OpenStack-Nova-API-Version'],
    })
  })

  test.each(['2.0', '2.94', '2.999', '1.1', '3.0', '3.53', '22.53'])('%s is not spoken: 406, and the answer repeats it', (version) => {
    const res = { locals: {} }
    const detail = `Version ${version} is not supported by the API. Minimum is 2.1 and maximum is 2.93.`
    expect(() => readMicroversion({ headers: legacy(version) }, res)).toThrow(expect.objectContaining({ status: 406, message: detail }))
    expect(microversionHeaders(res)).toContain(`compute ${version}`)
  })

  test.each(['2', '2.', '.5', '2.05', '02.5', '2.5.1', 'v2.5', '-2.5', '2.-5', '2.x', 'Latest', '2. 5', '٢.٥', 'x'.repeat(5000)])('%j is no version: 400, and the answer names none', (version) => {
    const res = { locals: {} }
    const detail = `API Version String ${version} is of invalid format. Must be of format MajorNum.MinorNum.`
    expect(() => readMicroversion({ headers: legacy(version) }, res)).toThrow(expect.objectContaining({ status: 400, message: detail }))
    expect(isNegotiated(res)).toBe(false)
    expect(microversionHeaders(res)).toEqual(['Vary', 'OpenStack-API-Version, X-OpenStack-Nova-API-Version'])
  })
})

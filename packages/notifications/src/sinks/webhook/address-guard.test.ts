import { expect, test } from '@jest/globals'

import { AddressGuard } from './address-guard.js'
import type { Lookup } from './address-guard.js'

const answers = (...addresses: string[]): Lookup => () => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))
const resolve = (url: string, lookup?: Lookup, allow?: readonly string[]): Promise<string[]> =>
  new AddressGuard({ lookup, allow }).resolve(new URL(url)).then((found) => found.map(({ address }) => address))

const refused: Record<string, string> = {
  'this host': '0.0.0.0', loopback: '127.0.0.1', 'all of loopback': '127.8.9.10', 'private 10': '10.1.2.3', 'private 172.16': '172.31.0.1', 'private 192.168': '192.168.1.1',
  'link-local': '169.254.169.254', 'shared by carriers': '100.64.0.1', 'of protocols': '192.0.0.8', documentation: '203.0.113.7', benchmarks: '198.18.0.1', multicast: '224.0.0.1', reserved: '240.0.0.1',
  broadcast: '255.255.255.255', 'IPv6 unspecified': '::', 'IPv6 loopback': '::1', 'IPv6 link-local': 'fe80::1', 'IPv6 with a zone': 'fe80::1%lo', 'IPv6 unique local': 'fd00:ec2::254',
  'IPv6 site-local': 'fec0::1', 'IPv6 multicast': 'ff02::1', 'IPv4-mapped': '::ffff:10.0.0.1', 'IPv4-mapped public': '::ffff:93.184.215.14', 'IPv4-compatible': '::7f00:1', NAT64: '64:ff9b::a00:1',
  'local NAT64': '64:ff9b:1::a00:1', '6to4': '2002:a00:1::1', Teredo: '2001:0:a00:1::1', 'IPv6 documentation': '2001:db8::1', discarded: '100::1',
}

test.each(Object.entries(refused))('an address that is %s (%s) is refused', async (_name, address) => {
  await expect(resolve('https://hooks.example/', answers(address))).rejects.toMatchObject({ code: 'not_allowed', message: expect.stringContaining(address) })
})

test.each(['https://127.0.0.1/', 'https://2130706433/', 'https://0x7f.1/', 'https://0177.0.0.1/', 'https://127.1/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[64:ff9b::7f00:1]/'])(
  '%s is refused without a look-up',
  async (url) => {
    await expect(resolve(url, () => Promise.reject(new Error('looked up')))).rejects.toMatchObject({ code: 'not_allowed' })
  },
)

test('public addresses are reached by https alone', async () => {
  expect(await resolve('https://hooks.example/', answers('93.184.215.14', '2606:2800:21f:cb07::1'))).toEqual(['93.184.215.14', '2606:2800:21f:cb07::1'])
  await expect(resolve('http://hooks.example/', answers('93.184.215.14'))).rejects.toMatchObject({ code: 'not_allowed', message: expect.stringContaining('https:') })
})

test('of the addresses of a name only those are taken that are not refused', async () => {
  expect(await resolve('https://hooks.example/', answers('10.0.0.1', '93.184.215.14', '::1'))).toEqual(['93.184.215.14'])
})

test('what is allowed is reached by either scheme, and nothing beside it', async () => {
  const allow = ['10.1.0.0/16', 'fd00::/8', '127.0.0.1']
  for (const address of ['10.1.255.1', 'fd12::1', '127.0.0.1']) {
    for (const scheme of ['http', 'https']) expect(await resolve(`${scheme}://hooks.example/`, answers(address), allow)).toEqual([address])
  }
  for (const address of ['10.2.0.1', 'fc00::1', '127.0.0.2', '::ffff:10.1.0.1']) await expect(resolve('https://hooks.example/', answers(address), allow)).rejects.toMatchObject({ code: 'not_allowed' })
})

test('a name without an address, and one that cannot be resolved, are told as that', async () => {
  await expect(resolve('https://hooks.example/', answers())).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('no address') })
  await expect(resolve('https://hooks.example/', () => Promise.reject(new Error('ENOTFOUND')))).rejects.toMatchObject({ code: 'backend_unreachable', message: expect.stringContaining('resolved') })
})

test.each(['', '10.0.0.0/33', '10.0.0/8', 'private', '::/129', '10.0.0.0/8/8'])('%j is no range that could be allowed', (range) => {
  expect(() => new AddressGuard({ allow: [range] })).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
})

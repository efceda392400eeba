import { expect, test } from '@jest/globals'

import { formatServer, parseServers, Rotation } from './servers.js'

test.each([
  ['zk1', ['zk1:2181'], ''],
  ['zk1:1,zk2:65535', ['zk1:1', 'zk2:65535'], ''],
  [' zk1 , zk2:99 ,', ['zk1:2181', 'zk2:99'], ''],
  ['[::1]:2182,[fe80::1]', ['[::1]:2182', '[fe80::1]:2181'], ''],
  ['10.0.0.1/', ['10.0.0.1:2181'], ''],
  ['zk1,zk2/services/a', ['zk1:2181', 'zk2:2181'], '/services/a'],
  ['zk1/services/', ['zk1:2181'], '/services'],
])('%j names servers and chroot', (text, expected, chroot) => {
  const { servers, chroot: found } = parseServers(text)
  expect([servers.map(formatServer), found]).toEqual([expected, chroot])
})

test.each(['', '/', ',', '/chroot', 'zk1:0', 'zk1:65536', 'zk1:port', 'zk1:', ':2181', '::1', 'zk1:1:2', '[::1'])('%j is InvalidArgument', (text) => {
  expect(() => parseServers(text)).toThrow(expect.objectContaining({ code: 'invalid_argument', argument: 'servers' }))
})

test('servers are handed out in turn, beginning anywhere', () => {
  const { servers } = parseServers('a,b,c')
  const begins = new Set<string>()
  for (let count = 0; count < 200; count += 1) {
    const rotation = new Rotation(servers)
    const round = Array.from({ length: 6 }, () => rotation.next().host).join('')
    expect('abcabcabcabc').toContain(round)
    begins.add(round)
  }
  expect(begins.size).toBe(3)
})

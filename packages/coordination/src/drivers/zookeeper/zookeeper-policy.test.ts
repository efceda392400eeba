import { expect, test } from '@jest/globals'

import { Acls, decodePolicy, encodePolicy, parseId } from './zookeeper-policy.js'

const hash = 'A'.repeat(27) + '='
const policy = {
  admins: [`digest:admin:${hash}`],
  workers: ['x509:CN=worker', 'ip:10.0.0.0/8'],
  rules: { shared: 'cdrw', own: { services: { directory: 'cr', entries: 'r' }, outbox: { directory: 'c', entries: '' } } },
}
const rightsAt = (path: string): unknown => new Acls(policy, 'tooz').of(path)?.map(({ permissions, scheme }) => `${scheme} ${permissions}`)

test.each([
  ['/tooz', ['digest 31', 'x509 15', 'ip 15']],
  ['/tooz/vitrage/member', ['digest 31', 'x509 15', 'ip 15']],
  ['/tooz/locks/a/b', ['digest 31', 'x509 15', 'ip 15']],
  ['/muster/tooz', ['digest 31', 'x509 1', 'ip 1']],
  ['/muster/tooz/services', ['digest 31', 'x509 5', 'ip 5']],
  ['/muster/tooz/services/uuid', ['digest 31', 'x509 1', 'ip 1']],
  ['/muster/tooz/outbox', ['digest 31', 'x509 4', 'ip 4']],
  ['/muster/tooz/outbox/change', ['digest 31']],
  ['/muster/tooz/election/x/entry', ['digest 31']],
  ['/muster/tooz/constructor', ['digest 31']],
  ['/muster', undefined],
  ['/muster/other/services', undefined],
  ['/other', undefined],
])('of %s the ACL is %j', (path, rights) => {
  expect(rightsAt(path)).toEqual(rights)
})

test('a policy is read as it was written', () => {
  expect(decodePolicy(encodePolicy(policy))).toEqual(policy)
})

test.each(['', 'x', '{}', '{"v":2,"admins":[],"workers":[],"rules":{"shared":"","own":{}}}', JSON.stringify({ v: 1, ...policy, workers: ['worker'] })])('%j is no policy that could be followed', (text) => {
  expect(() => decodePolicy(Buffer.from(text))).toThrow('not one that this version of Muster can read')
})

test.each(['', 'worker', ':id', 'digest:', 'auth:', 'auth:x', 'digest:worker:secret', `digest:worker:${hash}x`])('%j is no id, and is not told again', (text) => {
  expect(() => parseId(text)).toThrow(expect.objectContaining({ code: 'invalid_argument', message: expect.not.stringContaining('secret') }))
})

import { expect, test } from '@jest/globals'

import { withoutSecrets } from '../without-secrets.js'
import { compareClocks } from './clock.js'
import { judgeSweeper, judgeWal } from './embedded.js'
import { nodeOf, versionsOf } from './installation.js'
import { lookAtPlace } from './place.js'
import { judgeServer } from './zookeeper-server.js'

const srvr = (version: string, mode: string): string => `Zookeeper version: ${version}-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25 08:49 UTC\nLatency min/avg/max: 0/0.0/0\nMode: ${mode}\nNode count: 5\n`

test.each([
  ['a server of an ensemble', srvr('3.8.0', 'follower'), 'ok', 'zk1:2181 is ZooKeeper 3.8.0, follower'],
  ['one that is too old', srvr('3.5.9', 'standalone'), 'fail', 'zk1:2181 is ZooKeeper 3.5.9, standalone: too old'],
  ['one that may not tell', 'srvr is not executed because it is not in the whitelist.\n', 'warn', 'zk1:2181 does not answer srvr, so its version and mode are unknown'],
  ['one without a quorum', 'This ZooKeeper instance is not currently serving requests\n', 'fail', 'zk1:2181 runs, but serves nobody'],
  ['something else', 'HTTP/1.1 400 Bad Request\r\n', 'fail', 'zk1:2181: what answers there is not ZooKeeper'],
  ['silence', '', 'fail', 'zk1:2181: what answers there is not ZooKeeper'],
])('srvr answered by %s', (_, answer, status, found) => {
  expect(judgeServer('zk1:2181', answer)).toMatchObject({ status, found })
})

test.each([
  ['in time', 10_000, 'ok', 'this host and the server agree within 0.1 s'],
  ['a little late', 9200, 'ok', 'this host and the server agree within 0.8 s'],
  ['early', 40_000, 'warn', 'this host is 30.0 s behind the server'],
  ['hours late', 10_000 - 7_260_000, 'warn', 'this host is 2h 1m ahead of the server'],
])('a clock that is %s', (_, theirs, status, found) => {
  expect(compareClocks(theirs, 9990, 10_010)).toMatchObject({ status, found })
})

test('what a slow answer leaves open is no difference', () => {
  expect(compareClocks(13_000, 10_000, 14_000, 500).status).toBe('ok')
})

test.each([
  ['18.20.0', 'fail'],
  ['20.18.3', 'fail'],
  ['20.19.0', 'ok'],
  ['24.0.0', 'ok'],
])('Node %s: %s', (version, status) => {
  expect(nodeOf(version).status).toBe(status)
})

test('packages of two versions are a warning with the command that sets it right', () => {
  expect(versionsOf('0.2.0', new Map([['@muster/api', '0.2.0']])).status).toBe('ok')
  expect(versionsOf('0.2.0', new Map([['@muster/api', '0.1.0']]))).toMatchObject({ status: 'warn', found: 'svc 0.2.0 beside @muster/api 0.1.0', advice: expect.stringContaining('npm install @muster/api@0.2.0') })
})

test.each([
  ['zookeeper://user:secret@h1,h2/x?timeout=3s', 'zookeeper://user:***@h1,h2/x?timeout=3s'],
  ['zookeeper://user:se/cr@et@h1', 'zookeeper://user:***@h1'],
  ['zookeeper://user@h1?password_file=/run/secret', 'zookeeper://user:***@h1?password_file=/run/secret'],
  ['zookeeper://h1?use_ssl=true&keyfile_password=secret', 'zookeeper://h1?use_ssl=true&keyfile_password=***'],
  ['https://user:secret@h1:8999/x', 'https://user:***@h1:8999/x'],
  ['user:secret@zk1:2181', 'user:***@zk1:2181'],
  ['embedded:/srv/a@b', 'embedded:/srv/a@b'],
])('%s is shown without its secret', (url, shown) => {
  expect(withoutSecrets(url)).toBe(shown)
})

test.each([
  [{ backend: 'embedded:/x' }, {}, 'embedded:/x (--backend)'],
  [{ endpoint: 'http://h:1' }, { SVC_BACKEND: 'embedded:/y' }, 'http://h:1 (--endpoint)'],
  [{}, { SVC_ENDPOINT: 'http://h:1', SVC_BACKEND: 'embedded:/y' }, 'http://h:1 (SVC_ENDPOINT; the backend of SVC_BACKEND is not used)'],
  [{}, { SVC_BACKEND: 'embedded:/y' }, 'embedded:/y (SVC_BACKEND)'],
  [{}, {}, 'embedded: (the default, for nothing says otherwise)'],
])('%j with %j: where it looks and why', (args, env, found) => {
  expect(lookAtPlace(args, { env, fromFile: {} })).toMatchObject({ status: 'ok', found })
})

test('a write-ahead log that grows and one that was turned off are told', () => {
  expect([judgeWal('wal', 5000).status, judgeWal('wal', 100 * 1024 * 1024).status, judgeWal('delete', 0).status]).toEqual(['ok', 'warn', 'fail'])
})

test('nobody must sweep where nobody lives; where somebody does, a sweeper is fresh, stale or missing', () => {
  const sweeper = { pid: 7, ageMs: 12, isFresh: true }
  expect(judgeSweeper({ sweeper: undefined, sessions: 2, deadSessions: 2 }).status).toBe('ok')
  expect(judgeSweeper({ sweeper, sessions: 1, deadSessions: 0 })).toMatchObject({ status: 'ok', found: 'process 7 sweeps, 12 ms ago' })
  expect(judgeSweeper({ sweeper: { ...sweeper, ageMs: 5000, isFresh: false }, sessions: 1, deadSessions: 0 })).toMatchObject({ status: 'warn', found: expect.stringContaining('process 7') })
  expect(judgeSweeper({ sweeper: undefined, sessions: 1, deadSessions: 0 }).status).toBe('warn')
})

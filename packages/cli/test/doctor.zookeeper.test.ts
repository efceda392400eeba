import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'
import { makeTlsFiles, startZooKeeper, temporaryFolder } from '@muster/testkit'
import type { TemporaryFolder, TlsFiles, ZooKeeperServer } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'

import { diagnose } from './doctor.js'
import { Store } from './svc.js'

let folder: TemporaryFolder
let tls: TlsFiles
let server: ZooKeeperServer

beforeAll(async () => {
  folder = await temporaryFolder()
  tls = await makeTlsFiles(folder.path, { serverDays: 60 })
  server = await startZooKeeper({ maxSessionTimeoutMs: 5000, tls })
}, 60_000)

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const url = (credentials = '', options = ''): string => `zookeeper://${credentials}${server.endpoint}?timeout=4s${options}`

/** The paths of all nodes, except ZooKeeper's own. */
async function allNodes(): Promise<string[]> {
  await using client = createClient(server.endpoint, { auth: [{ scheme: 'digest', credential: 'user:secret' }] })
  const below = async (path: string): Promise<string[]> => {
    const { children } = await client.getChildren(path)
    const paths = children.map((name) => `${path === '/' ? '' : path}/${name}`).filter((child) => child !== '/zookeeper')
    return [...paths, ...(await Promise.all(paths.map(below))).flat()]
  }
  return (await below('/')).sort()
}

test('a server that nobody has used yet is in order, and nothing is left on it', async () => {
  await using store = await Store.create()
  const diagnosis = await diagnose(store, ['--backend', url('', '&namespace=fresh')])
  expect(diagnosis.code).toBe(0)
  expect(diagnosis.with('ok')).toEqual(['node', 'muster', 'looks at', 'name', 'tcp', 'server', 'session', 'rights', 'probe', 'clock', 'limits'])
  expect(diagnosis.of('server')).toMatchObject([{ found: expect.stringMatching(/ is ZooKeeper \d+\.\d+\.\d+, standalone$/) }])
  expect(diagnosis.of('rights')).toMatchObject([{ found: '/fresh is not there yet and may be made without a user' }])
  expect(await allNodes()).not.toContain('/fresh')
  expect((await allNodes()).filter((path) => path.includes('doctor'))).toEqual([])
})

test('workers in it are seen, and none of them nor their groups are touched', async () => {
  await using store = await Store.create()
  const backend = url('', '&namespace=used')
  const serviceGroup = await openServiceGroup(backend)
  try {
    await serviceGroup.join({ group: 'vitrage', name: 'a' })
    const before = await allNodes()
    const diagnosis = await diagnose(store, ['--backend', backend])
    expect(diagnosis.code).toBe(0)
    expect(diagnosis.of('rights').map(({ found }) => found)).toEqual(['/used may be read, and groups may be made in it, without a user', '1 group may be read and joined'])
    expect(diagnosis.of('limits')[0]?.found).toBe('1 session with members, at most 1 of 10000 ephemeral nodes in one')
    expect(await allNodes()).toEqual(before)
  } finally {
    await serviceGroup.close()
  }
})

test('a timeout that the server does not grant is a warning with what it grants', async () => {
  await using store = await Store.create()
  const diagnosis = await diagnose(store, ['--backend', `zookeeper://${server.endpoint}?timeout=20s`])
  expect(diagnosis.code).toBe(0)
  expect(diagnosis.of('session')).toMatchObject([{ status: 'warn', found: expect.stringContaining('its timeout is 5 s, not 20 s'), advice: expect.stringContaining('?timeout=5000ms') }])
})

test('another password, or none, is told with the form of the URL; no password is shown', async () => {
  await using store = await Store.create()
  const serviceGroup = await openServiceGroup(url('user:secret@', '&namespace=guarded'))
  try {
    await serviceGroup.join({ group: 'vitrage', name: 'a' })
    const right = await diagnose(store, [], { SVC_BACKEND: url('user:secret@', '&namespace=guarded') })
    expect(right.code).toBe(0)
    for (const [credentials, who] of [['user:wrong-word@', `as 'user'`], ['', 'without a user']] as const) {
      const wrong = await diagnose(store, [], { SVC_BACKEND: url(credentials, '&namespace=guarded') })
      expect(wrong.code).toBe(1)
      expect(wrong.of('rights')).toMatchObject([{ status: 'fail', found: `/guarded may not be read ${who}`, advice: expect.stringContaining('zookeeper://user:password@host:2181') }])
      expect(wrong.stdout).not.toContain('wrong-word')
    }
  } finally {
    await serviceGroup.close()
  }
})

test('one group of another user among others is named', async () => {
  await using store = await Store.create()
  const ours = await openServiceGroup(url('', '&namespace=mixed'))
  await using client = createClient(server.endpoint)
  try {
    await ours.join({ group: 'open', name: 'a' })
    await client.create('/mixed/theirs', { acl: [{ permissions: 31, scheme: 'digest', id: 'them:x' }] })
    await client.create('/mixed/shown', { acl: [{ permissions: 1, scheme: 'world', id: 'anyone' }] })
    const diagnosis = await diagnose(store, ['--backend', url('', '&namespace=mixed')])
    expect(diagnosis.code).toBe(1)
    expect(diagnosis.of('rights').map(({ status, found }) => [status, found])).toEqual([
      ['ok', '/mixed may be read, and groups may be made in it, without a user'],
      ['fail', `the members of 'theirs' may not be read without a user`],
      ['fail', `nobody may join 'shown' without a user`],
    ])
  } finally {
    await ours.close()
  }
})

test('a path in the URL that is not there is told', async () => {
  await using store = await Store.create()
  const diagnosis = await diagnose(store, ['--backend', `zookeeper://${server.endpoint}/no/where?timeout=4s`])
  expect(diagnosis.code).toBe(1)
  expect(diagnosis.of('rights')).toMatchObject([{ status: 'fail', found: 'the path /no/where of the URL is not there' }])
})

test('of two servers one that is dead is a failure, and the other is used', async () => {
  await using store = await Store.create()
  const diagnosis = await diagnose(store, ['--backend', `zookeeper://${server.endpoint},127.0.0.1:1?timeout=4s`])
  expect(diagnosis.code).toBe(1)
  expect(diagnosis.of('tcp').map(({ status }) => status)).toEqual(['ok', 'fail'])
  expect(diagnosis.of('session')).toMatchObject([{ status: 'ok' }])
})

test('with TLS the certificate is looked at, and everything else goes through it', async () => {
  await using store = await Store.create()
  const options = `use_ssl=true&ca=${tls.ca}&certfile=${tls.clientCertificate}&keyfile=${tls.clientKey}`
  const good = await diagnose(store, ['--backend', `zookeeper://${server.secureEndpoint ?? ''}?timeout=4s&${options}`])
  expect(good.code).toBe(0)
  expect(good.of('tls')).toMatchObject([{ status: 'ok', found: expect.stringMatching(/the certificate is good for (59|60) days$/) }])
  expect(good.of('server')).toMatchObject([{ status: 'ok' }])
  const plain = await diagnose(store, ['--backend', `zookeeper://${server.endpoint}?timeout=4s&${options}`])
  expect(plain.code).toBe(69)
  expect(plain.of('tls')).toMatchObject([{ status: 'fail', found: expect.stringContaining('no TLS handshake') }])
})

test('a server that is stopped is told within the time of the doctor: 69', async () => {
  await using store = await Store.create()
  await using stopped = await startZooKeeper()
  await stopped.suspend()
  const diagnosis = await diagnose(store, ['--backend', `zookeeper://${stopped.endpoint}`])
  expect(diagnosis.code).toBe(69)
  expect(diagnosis.of('server')).toMatchObject([{ status: 'fail', found: expect.stringContaining('no answer to srvr') }])
  expect(diagnosis.with('skip')).toEqual(expect.arrayContaining(['rights', 'probe', 'clock', 'limits']))
}, 60_000)

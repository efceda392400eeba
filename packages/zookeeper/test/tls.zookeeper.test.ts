import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { eventually, makeTlsFiles, startFaultProxy, startZooKeeper, temporaryFolder } from '@muster/testkit'
import type { TemporaryFolder, TlsFiles, ZooKeeperServer } from '@muster/testkit'
import { createClient } from '@muster/zookeeper'
import type { TlsOptions, ZooKeeperClient } from '@muster/zookeeper'

import { Following, freshPath } from './following.js'

let folder: TemporaryFolder
let otherFolder: TemporaryFolder
let files: TlsFiles
let otherFiles: TlsFiles
let server: ZooKeeperServer
let endpoint: string

beforeAll(async () => {
  folder = await temporaryFolder()
  otherFolder = await temporaryFolder()
  ;[files, otherFiles] = await Promise.all([makeTlsFiles(folder.path), makeTlsFiles(otherFolder.path)])
  server = await startZooKeeper({ tls: files })
  endpoint = server.secureEndpoint ?? ''
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
  await otherFolder[Symbol.asyncDispose]()
})

const optionsOf = ({ ca, clientCertificate, clientKey }: TlsFiles): TlsOptions => ({ caFile: ca, certFile: clientCertificate, keyFile: clientKey })
const connecting = (tls: TlsOptions, at = endpoint): ZooKeeperClient => createClient(at, { sessionTimeoutMs: 20_000, tls }) // the first handshakes of a JVM are slow

test('with certificates of the same authority on both sides all is as without TLS', async () => {
  const path = freshPath()
  await using zk = connecting(optionsOf(files))
  const data = Buffer.alloc(500_000, 'muster')
  const told: string[] = []
  await zk.watch(path, { recursive: true, onEvent: ({ type, path: at }) => told.push(`${type} ${at}`) })
  await zk.create(path, { data, mode: 'ephemeral' })
  expect((await zk.getData(path)).data.equals(data)).toBe(true)
  expect(told).toEqual([`created ${path}`])
})

test('by the name localhost as well as by the address', async () => {
  await using zk = connecting(optionsOf(files), endpoint.replace('127.0.0.1', 'localhost'))
  await zk.connected()
})

test.each([
  ['a server of another authority', () => ({ ...optionsOf(files), caFile: otherFiles.ca }), /self.signed|unable to (get|verify)/i],
  ['a server of another name', () => ({ ...optionsOf(files), servername: 'zookeeper.example' }), /zookeeper\.example/],
  ['a client without a certificate', () => ({ caFile: files.ca }), /certificate|closed|reset|EPIPE/i],
  ['a client of another authority', () => ({ ...optionsOf(otherFiles), caFile: files.ca }), /certificate|closed|reset|EPIPE/i],
] as const)('%s is refused, and the error says why', async (_, tls, why) => {
  await using zk = connecting(tls())
  const following = new Following(zk)
  await eventually(() => expect(zk.state.reason).toMatch(why))
  expect(following.told).toEqual([])
})

test('without verification a server of any name will do', async () => {
  await using zk = connecting({ ...optionsOf(files), servername: 'zookeeper.example', verify: false })
  await zk.connected()
})

test('files are read at each connection: renewed ones are used, and a missing one is dialled without until it is there', async () => {
  await using ownFolder = await temporaryFolder()
  const own = { caFile: join(ownFolder.path, 'ca'), certFile: join(ownFolder.path, 'certificate'), keyFile: join(ownFolder.path, 'key') }
  const install = async ({ ca, clientCertificate, clientKey }: TlsFiles): Promise<void> => {
    await Promise.all([copyFile(ca, own.caFile), copyFile(clientCertificate, own.certFile), copyFile(clientKey, own.keyFile)])
  }
  await install(otherFiles)
  await using proxy = await startFaultProxy(endpoint)
  await using zk = createClient(proxy.endpoint, { sessionTimeoutMs: 20_000, tls: own })
  const following = new Following(zk)
  await eventually(() => expect(proxy.accepted).toBeGreaterThan(2))
  expect(following.told).toEqual([])
  await install(files)
  await following.reaches('connected 1')
  await rm(own.caFile)
  proxy.cut()
  await eventually(() => expect(zk.state.reason).toContain(own.caFile))
  following.forget()
  await install(files)
  await following.reaches('connected 1')
})

test('a file that cannot be read is refused at once', () => {
  expect(() => createClient(endpoint, { tls: { caFile: join(folder.path, 'no-such-file') } })).toThrow(/no-such-file cannot be read: ENOENT/)
})

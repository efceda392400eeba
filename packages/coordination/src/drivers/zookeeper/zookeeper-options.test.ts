import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { parseBackendUrl } from '../../backend-url.js'
import { openSession } from '../../open-session.js'
import { authOf, parseZooKeeperOptions } from './zookeeper-options.js'

const parse = (url: string, env = {}): ReturnType<typeof parseZooKeeperOptions> => parseZooKeeperOptions(parseBackendUrl(url, ['zookeeper', 'kazoo']), env)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-options-'))
  writeFileSync(join(folder, 'password'), 's3cret\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['zookeeper://h1', 'h1'],
  ['kazoo://h1:2181,h2/a/b', 'h1:2181,h2/a/b'],
  ['zookeeper://h1/', 'h1'],
  ['zookeeper://h1/a%20b/', 'h1/a b'],
  ['zookeeper://[::1]:2181,10.0.0.1', '[::1]:2181,10.0.0.1'],
  ['zookeeper://h1?hosts=h2:2182,h3', 'h1,h2:2182,h3'],
  ['zookeeper://h1/app?hosts=h2', 'h1,h2/app'],
  ['zookeeper://?hosts=h2', 'h2'],
  ['zookeeper://h1?connection_retry=3&command_retry=2&randomize_hosts=True&handler=threading', 'h1'],
])('the servers of %s are %s', (url, servers) => {
  expect(parse(url)).toEqual({ servers, namespace: 'tooz', timeoutMs: 10_000 })
})

test('the timeout and the namespace are read as tooz reads them', () => {
  expect(parse('zookeeper://h?timeout=30&namespace=blue')).toMatchObject({ timeoutMs: 30_000, namespace: 'blue' })
  expect(parse('zookeeper://h?timeout=1500ms')).toMatchObject({ timeoutMs: 1500 })
})

describe('the password', () => {
  const credentials = (url: string, env = {}): unknown => parse(url, env).credentials

  test('may stand in the URL, with every character', () => {
    expect(credentials('zookeeper://u:p@h')).toEqual({ user: 'u', password: 'p' })
    expect(credentials('zookeeper://u%3A1:p%40%2F%3A%25:x@h')).toEqual({ user: 'u:1', password: 'p@/:%:x' })
  })

  test('may stand in a file, without the newline at its end, or in the environment', () => {
    expect(credentials(`zookeeper://u@h?password_file=${folder}/password`)).toEqual({ user: 'u', password: 's3cret' })
    expect(credentials('zookeeper://u@h', { SVC_ZOOKEEPER_PASSWORD: 'from env' })).toEqual({ user: 'u', password: 'from env' })
  })

  test('of the environment is used only for a user without one', () => {
    expect(credentials('zookeeper://u:p@h', { SVC_ZOOKEEPER_PASSWORD: 'from env' })).toEqual({ user: 'u', password: 'p' })
    expect(credentials('zookeeper://h', { SVC_ZOOKEEPER_PASSWORD: 'from env' })).toBeUndefined()
  })
})

test('TLS has the options of tooz, and the password of the key may stand in a file', () => {
  const tls = parse('zookeeper://h?use_ssl=True&verify_certs=no&ca=/ca&certfile=/c&keyfile=/k&keyfile_password=p').tls
  expect(tls).toEqual({ caFile: '/ca', certFile: '/c', keyFile: '/k', passphrase: 'p', verify: false })
  expect(parse(`zookeeper://h?use_ssl=1&keyfile_password_file=${folder}/password`).tls).toMatchObject({ passphrase: 's3cret', verify: true })
  expect(parse('zookeeper://h?use_ssl=false').tls).toBeUndefined()
})

test.each([
  ['zookeper://h', /Unknown backend 'zookeper'. Did you mean 'zookeeper'\?/],
  ['zookeeper://h?timout=5s', /Unknown option 'timout' in the zookeeper URL. Did you mean 'timeout'\?/],
  ['zookeeper://h?timeout=1ms', /out of range/],
  ['zookeeper://h?namespace=a/b', /namespace/],
  ['zookeeper://h?namespace=muster', /namespace/],
  ['zookeeper:h', /cannot be read/],
  ['zookeeper://', /names no server/],
  ['zookeeper://h:0', /Server 1/],
  ['zookeeper://h1,h2:x', /Server 2/],
  ['zookeeper://h?use_ssl=maybe', /use_ssl: give true or false/],
  ['zookeeper://h?certfile=/c', /certfile is given, but not use_ssl/],
  ['zookeeper://u@h?password_file=/absent/file', /\/absent\/file cannot be read \(ENOENT\)/],
  ['zookeeper://h?password_file=/f', /no user/],
])('%s is refused in words that help', async (url, message) => {
  await expect(openSession(url)).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(message) })
})

test.each([
  'zookeeper://u:hush@',
  'zookeeper://u:hu/sh@h',
  'zookeeper://u:hush',
  'zookeeper://u:%hush@h',
  'zookeeper://:hush@h',
  'zookeeper://u:hush@h:port',
  'zookeeper://u:hush@h?password_file=/f',
  'zookeeper://u:hush@h?unknown=1',
  'zookeeper://u@h:hush@x:y',
  'zookeeper://h?keyfile_password=hush',
  'zookeeper://h?use_ssl=1&keyfile_password=hush&keyfile_password_file=/f',
])('what is wrong with %s is told without the secret in it', async (url) => {
  const error: unknown = await openSession(url).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'invalid_argument' })
  const { message, hint, stack } = error as Error & { hint?: string }
  expect(`${message} ${hint ?? ''} ${stack ?? ''} ${JSON.stringify(error)}`).not.toMatch(/hu\/?sh/)
})

test('a file gives the session more users, each with its password; what is wrong in it is told by its line alone', () => {
  const file = join(folder, 'users')
  writeFileSync(file, 'worker:s3cret\nother:with:colon\n')
  const options = parse(`zookeeper://admin:pw@h?auth_file=${file}`)
  expect(options.otherCredentials).toEqual([{ user: 'worker', password: 's3cret' }, { user: 'other', password: 'with:colon' }])
  expect(authOf(options).map(({ credential }) => credential)).toEqual(['admin:pw', 'worker:s3cret', 'other:with:colon'])
  writeFileSync(file, 'worker:s3cret\ns3cret\n')
  expect(() => parse(`zookeeper://h?auth_file=${file}`)).toThrow(`auth_file: line 2 of ${file} is not USER:PASSWORD`)
  expect(() => parse(`zookeeper://h?auth_file=${folder}/none`)).toThrow('cannot be read (ENOENT)')
})

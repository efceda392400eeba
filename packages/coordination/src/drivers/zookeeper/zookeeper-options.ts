import { readFileSync } from 'node:fs'

import { InvalidArgument, parseDuration, parseFlag } from '@muster/common'
import type { TlsOptions } from '@muster/zookeeper'

import { checkOptions } from '../../backend-url.js'
import type { BackendUrl } from '../../backend-url.js'

export interface Credentials {
  readonly user: string
  readonly password: string
}

export interface ZooKeeperOptions {
  /** `h1:2181,h2:2181/chroot`, as the client takes it. */
  readonly servers: string
  /** Separates applications within one tree; default `tooz`, as in tooz. */
  readonly namespace: string
  /** How long the servers keep the session of a silent client. Default 10 s, 1 s to 1 h; they may grant another one. */
  readonly timeoutMs: number
  readonly credentials?: Credentials
  /** The session may do what these users may, too. */
  readonly otherCredentials?: readonly Credentials[]
  readonly tls?: TlsOptions
}

type Environment = Readonly<Record<string, string | undefined>>

/** kazoo's, which mean nothing here: the client always retries and always begins with a random server. */
const pythonOnly = ['connection_retry', 'command_retry', 'randomize_hosts', 'handler']
const tlsOptions = ['verify_certs', 'ca', 'certfile', 'keyfile', 'keyfile_password', 'keyfile_password_file']
const known = ['timeout', 'namespace', 'hosts', 'password_file', 'auth_file', 'use_ssl', ...tlsOptions, ...pythonOnly]

const [shortestMs, longestMs] = [1000, 3_600_000]
const form = 'Write zookeeper://h1:2181,h2:2181/chroot, or zookeeper://user:password@h1:2181 with %XX for : / @ ? % in user and password.'

/**
 * Reads `zookeeper://[user[:password]@]h1:2181,h2/chroot?timeout=10s&namespace=tooz&hosts=h3`, with tooz's options for TLS.
 * No message tells any part of the URL that may be a secret, or a secret in the wrong place.
 */
export function parseZooKeeperOptions(url: BackendUrl, env: Environment = process.env): ZooKeeperOptions {
  checkOptions(url, known)
  const { options } = url
  const [, authority = '', path = ''] = /^\/\/([^/]*)(.*)$/s.exec(url.rest) ?? []
  if (!url.rest.startsWith('//') || path.includes('@')) throw new InvalidArgument('backend', 'The ZooKeeper URL cannot be read', { hint: form })
  const at = authority.lastIndexOf('@')
  const hosts = [...authority.slice(at + 1).split(','), ...(options.get('hosts') ?? '').split(',')].filter((host) => host.trim() !== '')
  const credentials = credentialsOf(at < 0 ? undefined : authority.slice(0, at), options, env)
  const tls = tlsOf(options)
  const authFile = options.get('auth_file')
  return {
    servers: serversOf(hosts) + decode(path).replace(/\/+$/, ''),
    namespace: namespaceOf(options.get('namespace') ?? 'tooz'),
    timeoutMs: timeoutOf(options.get('timeout') ?? '10s'),
    ...(credentials && { credentials }),
    ...(authFile !== undefined && { otherCredentials: credentialsIn('auth_file', authFile) }),
    ...(tls && { tls }),
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new InvalidArgument('backend', 'The ZooKeeper URL has a broken %XX', { hint: form })
  }
}

function serversOf(hosts: readonly string[]): string {
  if (hosts.length === 0) throw new InvalidArgument('backend', 'The ZooKeeper URL names no server', { hint: form })
  const wrong = hosts.findIndex((host) => !/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::0*[1-9]\d{0,4})?$/.test(host.trim()))
  if (wrong >= 0) throw new InvalidArgument('backend', `Server ${wrong + 1} of the ZooKeeper URL is no host:port`, { hint: form })
  return hosts.map((host) => host.trim()).join(',')
}

function timeoutOf(text: string): number {
  const timeoutMs = Math.round(parseDuration(text, 'timeout'))
  if (timeoutMs >= shortestMs && timeoutMs <= longestMs) return timeoutMs
  throw new InvalidArgument('timeout', `timeout: ${text} is out of range`, { hint: 'Give 1s to 1h.' })
}

function namespaceOf(name: string): string {
  if (/^[A-Za-z0-9._-]{1,100}$/.test(name) && !['.', '..', 'muster', 'zookeeper'].includes(name)) return name
  throw new InvalidArgument('namespace', `namespace: ${JSON.stringify(name)} is not allowed`, { hint: 'Use 1 to 100 of A-Z a-z 0-9 . _ - but not . .. muster zookeeper' })
}

function credentialsOf(userInfo: string | undefined, options: BackendUrl['options'], env: Environment): ZooKeeperOptions['credentials'] {
  const file = options.get('password_file')
  if (userInfo === undefined || userInfo === '') {
    if (file !== undefined) throw new InvalidArgument('password_file', 'password_file is given, but no user', { hint: 'Write zookeeper://user@host:2181?password_file=FILE.' })
    return undefined
  }
  const colon = userInfo.indexOf(':')
  const user = decode(colon < 0 ? userInfo : userInfo.slice(0, colon))
  if (colon >= 0 && file !== undefined) throw new InvalidArgument('password_file', 'The ZooKeeper URL has a password and a password_file; give one of them')
  const password = colon >= 0 ? decode(userInfo.slice(colon + 1)) : file !== undefined ? secretIn('password_file', file) : env.SVC_ZOOKEEPER_PASSWORD
  if (password !== undefined && password !== '' && user !== '') return { user, password }
  throw new InvalidArgument('backend', 'The ZooKeeper URL has a user without a password, or a password without a user', {
    hint: 'Give both in the URL, or the password by ?password_file=FILE or SVC_ZOOKEEPER_PASSWORD.',
  })
}

/** Of a file, one `user:password` a line. @throws InvalidArgument, without the text */
export function credentialsIn(option: string, file: string): Credentials[] {
  const lines = secretIn(option, file).split(/\r?\n/)
  return lines.map((line, index) => {
    const [, user, password] = /^([^:]+):(.+)$/.exec(line) ?? []
    if (user === undefined || password === undefined) throw new InvalidArgument(option, `${option}: line ${index + 1} of ${file} is not USER:PASSWORD`)
    return { user, password }
  })
}

/** What a session sends first, on each connection. */
export const authOf = ({ credentials, otherCredentials = [] }: ZooKeeperOptions): { scheme: string; credential: string }[] =>
  [...(credentials ? [credentials] : []), ...otherCredentials].map(({ user, password }) => ({ scheme: 'digest', credential: `${user}:${password}` }))

function tlsOf(options: BackendUrl['options']): TlsOptions | undefined {
  if (!isTrue(options, 'use_ssl', false)) {
    const useless = tlsOptions.find((name) => options.has(name))
    if (useless === undefined) return undefined
    throw new InvalidArgument(useless, `${useless} is given, but not use_ssl`, { hint: 'Add use_ssl=true; without it nothing would be encrypted.' })
  }
  const secret = options.get('keyfile_password_file')
  if (secret !== undefined && options.has('keyfile_password')) throw new InvalidArgument('keyfile_password_file', 'keyfile_password and keyfile_password_file are given; give one of them')
  return {
    caFile: options.get('ca'),
    certFile: options.get('certfile'),
    keyFile: options.get('keyfile'),
    passphrase: secret === undefined ? options.get('keyfile_password') : secretIn('keyfile_password_file', secret),
    verify: isTrue(options, 'verify_certs', true),
  }
}

function isTrue(options: BackendUrl['options'], name: string, otherwise: boolean): boolean {
  const text = options.get(name)
  return text === undefined ? otherwise : parseFlag(text, name)
}

/** The text of a file without the newline at its end. */
function secretIn(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (cause) {
    throw new InvalidArgument(option, `${option}: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { cause })
  }
}

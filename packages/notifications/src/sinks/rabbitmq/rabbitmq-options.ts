import { readFileSync } from 'node:fs'

import { didYouMean, InvalidArgument, parseDuration, parseFlag } from '@muster/common'

/** Where what is told goes. */
export interface RabbitMqDestination {
  /** A topic exchange; default `nova`. */
  readonly exchange?: string | undefined
  /** The routing key is `<topic>.info`; default `versioned_notifications`. */
  readonly topic?: string | undefined
  /** Whether exchange and queue outlive a restart of the broker; default false, as in oslo.messaging. */
  readonly durable?: boolean | undefined
  /**
   * Whether a queue named as the routing key keeps what no listener has taken yet, as oslo.messaging's publisher does; default true. Without it
   * whoever listens makes the queues, and while there is none for the routing key nothing is told and all waits in the log.
   */
  readonly declareQueue?: boolean | undefined
}

export interface RabbitMqOptions extends RabbitMqDestination {
  /**
   * `amqp[s]://user[:password]@h1:5672,h2:5672/vhost`; without a user `guest`, without a vhost `/`. Options in the query: `exchange`, `topic`,
   * `durable` and `declare_queue`, which hold where the options here say nothing; `password_file`, `heartbeat` (default 10s), and of amqps
   * `cacertfile`, `certfile`, `keyfile`, as RabbitMQ calls them. The password may also be in SVC_RABBITMQ_PASSWORD.
   */
  readonly url: string
  /** Under which the place in the log is kept; default `rabbitmq`. */
  readonly name?: string | undefined
  /** How long the broker may take to let in, and to confirm what it was sent, ms; default 10,000. */
  readonly timeoutMs?: number | undefined
}

/** One of the brokers of a cluster. */
export interface Broker {
  readonly hostname: string
  readonly port: number
}

export interface BrokerAccess {
  readonly protocol: 'amqp' | 'amqps'
  readonly brokers: readonly Broker[]
  readonly username: string
  readonly password: string
  readonly vhost: string
  readonly heartbeatSeconds: number
  /** What the URL says of it. */
  readonly destination: RabbitMqDestination
  /** Paths; read at each connect, so that a renewed certificate is taken. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string }
  /** The URL for messages, without user and password. */
  readonly shown: string
}

type Environment = Readonly<Record<string, string | undefined>>

const form = 'Write amqp://user:password@host:5672/vhost, or amqps://, with %XX for : / @ ? % in user, password and vhost.'
const tlsOptions = { cacertfile: 'ca', certfile: 'cert', keyfile: 'key' } as const
const known = ['exchange', 'topic', 'durable', 'declare_queue', 'password_file', 'heartbeat', ...Object.keys(tlsOptions)]

/** Reads the URL of a RabbitMQ. No message tells any part of it that may be a secret. @throws InvalidArgument */
export function parseBrokerUrl(url: string, env: Environment = process.env): BrokerAccess {
  const [, protocol = '', authority = '', path = '', query = ''] = /^(amqps?):\/\/([^/?]*)(?:\/([^/?]*))?(?:\?(.*))?$/is.exec(url) ?? []
  if (protocol === '' || path.includes('@')) throw new InvalidArgument('url', 'This is no URL of a RabbitMQ', { hint: form })
  const isSecure = protocol.toLowerCase() === 'amqps'
  const options = optionsOf(query, isSecure)
  const at = authority.lastIndexOf('@')
  const hosts = authority.slice(at + 1)
  const vhost = decode(path) || '/'
  return {
    protocol: isSecure ? 'amqps' : 'amqp',
    brokers: hosts.split(',').map((host, index) => brokerOf(host.trim(), index, isSecure ? 5671 : 5672)),
    ...credentialsOf(at < 0 ? '' : authority.slice(0, at), options, env),
    vhost,
    heartbeatSeconds: heartbeatOf(options.get('heartbeat') ?? '10s'),
    destination: destinationOf(options),
    tls: Object.fromEntries(Object.entries(tlsOptions).flatMap(([name, field]) => (options.has(name) ? [[field, options.get(name)]] : []))),
    shown: `${protocol.toLowerCase()}://${hosts}/${vhost === '/' ? '' : encodeURIComponent(vhost)}`,
  }
}

function optionsOf(query: string, isSecure: boolean): URLSearchParams {
  const options = new URLSearchParams(query)
  for (const name of options.keys()) {
    if (options.getAll(name).length > 1) throw new InvalidArgument(name, `${name} is given more than once`)
    if (!known.includes(name)) throw new InvalidArgument(name, `'${name}' is no option of a RabbitMQ.${didYouMean(name, known)}`, { hint: `Options: ${known.join(', ')}.` })
    if (name in tlsOptions && !isSecure) throw new InvalidArgument(name, `${name} is given, but not amqps://`, { hint: 'Write amqps://; with amqp:// nothing would be encrypted.' })
  }
  return options
}

function destinationOf(options: URLSearchParams): RabbitMqDestination {
  const [exchange, topic] = [options.get('exchange'), options.get('topic')]
  const [durable, declareQueue] = ['durable', 'declare_queue'].map((name) => (options.has(name) ? parseFlag(options.get(name) ?? '', name) : undefined))
  return { ...(exchange !== null && { exchange }), ...(topic !== null && { topic }), ...(durable !== undefined && { durable }), ...(declareQueue !== undefined && { declareQueue }) }
}

function brokerOf(text: string, index: number, defaultPort: number): Broker {
  const [, hostname = '', port] = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([1-9]\d{0,4}))?$/.exec(text) ?? []
  if (hostname === '' || Number(port) > 65_535) throw new InvalidArgument('url', `Server ${index + 1} of the URL is no host:port`, { hint: form })
  return { hostname: hostname.replace(/^\[|\]$/g, ''), port: Number(port ?? defaultPort) }
}

function credentialsOf(userInfo: string, options: URLSearchParams, env: Environment): { username: string; password: string } {
  const file = options.get('password_file')
  const colon = userInfo.indexOf(':')
  if (colon >= 0 && file !== null) throw new InvalidArgument('password_file', 'The URL has a password and a password_file; give one of them')
  if (userInfo === '' && file === null) return { username: 'guest', password: 'guest' }
  const username = decode(colon < 0 ? userInfo : userInfo.slice(0, colon))
  const password = colon >= 0 ? decode(userInfo.slice(colon + 1)) : file !== null ? secretIn(file) : env['SVC_RABBITMQ_PASSWORD']
  if (username !== '' && password !== undefined && password !== '') return { username, password }
  throw new InvalidArgument('url', 'The URL has a user without a password, or a password without a user', { hint: 'Give both in the URL, or the password by ?password_file=FILE or SVC_RABBITMQ_PASSWORD.' })
}

function heartbeatOf(text: string): number {
  const seconds = Math.round(parseDuration(text, 'heartbeat') / 1000)
  if (seconds >= 1 && seconds <= 600) return seconds
  throw new InvalidArgument('heartbeat', `heartbeat: ${text} is out of range`, { hint: 'Give 1s to 10m.' })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new InvalidArgument('url', 'The URL has a broken %XX', { hint: form })
  }
}

/** The text of a file without the newline at its end. */
function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (cause) {
    throw new InvalidArgument('password_file', `password_file: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { cause })
  }
}

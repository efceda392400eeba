import type { TlsFiles } from '@muster/api'
import { InvalidArgument, parseDuration } from '@muster/common'

import { defineCommand } from '../command.js'
import { settingOption, settle } from '../config/settle.js'
import type { Io } from '../io.js'
import { readRanges } from '../webhooks/ranges.js'

export const command = defineCommand({
  name: 'serve',
  help: `Answers over HTTP: GET /v1/service is the list of workers.

  svc serve
  svc serve --port 9000 --backend embedded:/srv/muster
  svc serve --host 0.0.0.0 --tls-cert server.pem      others can reach it: needs a token, svc token create
  svc serve --rabbitmq 'amqp://user@rabbit1,rabbit2/nova?durable=true'

A RabbitMQ is told on exchange nova, routing key versioned_notifications.info, in a queue of that name; in the query of its URL
exchange, topic, durable=true and declare_queue=false say otherwise. HUP reads the certificates anew.`,
  options: {
    backend: settingOption('backend', 'Backend to serve'),
    database: settingOption('database', 'Where the history is kept'),
    rabbitmq: settingOption('rabbitmq', 'Tell this RabbitMQ of changes of services, as Nova does'),
    'webhook-allow': settingOption('webhookAllow', 'Send webhooks to these addresses too, e.g. 10.1.0.0/16,fd00::/8'),
    notifications: settingOption('notifications', 'off: tell neither webhooks nor a RabbitMQ'),
    'event-log': settingOption('eventLog', 'off: write neither steps nor events of clusters'),
    'reporter-timeout': settingOption('reporterTimeout', 'A step of a cluster is incomplete after so long without a report'),
    'keep-events': settingOption('keepEvents', 'How long to keep the events of a step that is done'),
    'erase-every': settingOption('eraseEvery', 'How often to look for events to erase; 0: never'),
    host: settingOption('host', 'Address to listen on'),
    port: settingOption('port', 'Port to listen on, 0 for any that is free'),
    'max-connections': settingOption('maxConnections', 'How many connections to keep at most'),
    'rate-limit': settingOption('rateLimit', 'Requests a second with one token, 0 for any number'),
    'tls-cert': settingOption('tlsCert', 'Speak https with this certificate'),
    'tls-key': settingOption('tlsKey', 'Its key'),
    'tls-client-ca': settingOption('tlsClientCa', 'Only for clients with a certificate of this authority'),
  },
  run: serveUntilStopped,
})

interface ServeOptions {
  readonly backend?: string | undefined
  readonly database?: string | undefined
  readonly rabbitmq?: string | undefined
  readonly 'webhook-allow'?: string | undefined
  readonly notifications?: string | undefined
  readonly 'event-log'?: string | undefined
  readonly 'reporter-timeout'?: string | undefined
  readonly 'keep-events'?: string | undefined
  readonly 'erase-every'?: string | undefined
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly 'max-connections'?: string | undefined
  readonly 'rate-limit'?: string | undefined
  readonly 'tls-cert'?: string | undefined
  readonly 'tls-key'?: string | undefined
  readonly 'tls-client-ca'?: string | undefined
}

async function serveUntilStopped(options: ServeOptions, io: Io): Promise<number> {
  const [backend, host] = [settle('backend', options.backend, io).value, settle('host', options.host, io).value]
  const database = settle('database', options.database, io).value
  const rabbitmq = settle('rabbitmq', options.rabbitmq, io).value
  const webhookAllow = readRanges(settle('webhookAllow', options['webhook-allow'], io).value)
  const notifications = readSwitch('notifications', settle('notifications', options.notifications, io).value)
  const clusters = readClusters(options, io)
  const port = readPort(settle('port', options.port, io).value)
  const rateLimit = readRate(settle('rateLimit', options['rate-limit'], io).value)
  const maxConnections = Number(settle('maxConnections', options['max-connections'], io).value)
  const tls = readTlsFiles(options, io)
  const { createLogger, serve } = await import('@muster/api')
  const server = await serve({ backend, ...(database !== undefined && { database }), ...(rabbitmq !== undefined && { rabbitmq: { url: rabbitmq } }), webhookAllow, notifications, clusters, host, port, rateLimit, tls, maxConnections, logger: createLogger(io.env) }).catch(suggestPort)
  const stopped = firstStopSignal()
  const reload = (): void => void server.reloadTls()
  if (tls) process.on('SIGHUP', reload)
  await io.write(`listening on ${server.url}\n`)
  await stopped
  process.off('SIGHUP', reload)
  await server.close()
  return 0
}

function readPort(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgument('port', `'${text}' is not a port`, { hint: 'Give a number from 0 to 65535; 0 takes any free port.' })
}

/** @throws InvalidArgument for files that are of no use without a certificate */
function readTlsFiles(options: ServeOptions, io: Io): TlsFiles | undefined {
  const certFile = settle('tlsCert', options['tls-cert'], io).value
  const [keyFile, clientCaFile] = [settle('tlsKey', options['tls-key'], io).value, settle('tlsClientCa', options['tls-client-ca'], io).value]
  if (certFile !== undefined) return { certFile, keyFile, clientCaFile }
  if (keyFile === undefined && clientCaFile === undefined) return undefined
  throw new InvalidArgument('tls-cert', 'Without a certificate the server speaks no TLS', { hint: 'Give --tls-cert FILE, or SVC_TLS_CERT.' })
}

/** How clusters are kept. @throws InvalidArgument */
function readClusters(options: ServeOptions, io: Io): { eventLog: boolean; reporterTimeoutMs: number; keepEventsMs: number; eraseEveryMs: number } {
  const reporterTimeoutMs = parseDuration(settle('reporterTimeout', options['reporter-timeout'], io).value, 'reporter-timeout')
  if (reporterTimeoutMs < 1) throw new InvalidArgument('reporter-timeout', '--reporter-timeout: every step would be incomplete at once', { hint: 'Give how long, e.g. 10m.' })
  return {
    eventLog: readSwitch('event-log', settle('eventLog', options['event-log'], io).value),
    reporterTimeoutMs,
    keepEventsMs: parseDuration(settle('keepEvents', options['keep-events'], io).value, 'keep-events'),
    eraseEveryMs: parseDuration(settle('eraseEvery', options['erase-every'], io).value, 'erase-every'),
  }
}

function readSwitch(option: 'notifications' | 'event-log', text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on'
  throw new InvalidArgument(option, `--${option}: '${text}' is neither on nor off`)
}

function readRate(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text)
  throw new InvalidArgument('rate-limit', `--rate-limit: '${text}' is not a number of requests`, { hint: 'Give how many a second, e.g. 100; 0 is any number.' })
}

/** Says how to serve on another port when the port is taken. */
function suggestPort(error: unknown): never {
  const { cause } = error instanceof Error ? error : {}
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE' && 'port' in cause)) throw error
  const other = cause.port === 65_535 ? 65_534 : Number(cause.port) + 1
  throw new InvalidArgument('port', `Port ${Number(cause.port)} is in use. Try svc serve --port ${other} (or SVC_PORT=${other}).`, { cause })
}

/** Resolves at the first TERM or INT. The next one finds no listener any more and ends the process at once. */
function firstStopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGTERM', stop)
      process.off('SIGINT', stop)
      resolve()
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}

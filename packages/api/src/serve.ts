import { backendUrl, InvalidArgument } from '@muster/common'
import type { Logger } from '@muster/common'
import { historyUrlOf } from '@muster/coordination/internal'
import { checkWebhookRules, rabbitmqSink } from '@muster/notifications'
import type { RabbitMqOptions } from '@muster/notifications'
import type { ProvisioningOptions } from '@muster/provisioning'
import { openServiceGroup } from '@muster/servicegroup'
import type { ServiceGroup } from '@muster/servicegroup'

import { createApp } from './app.js'
import { Connections } from './connections.js'
import { Drain } from './drain.js'
import { createServerFor, guardServer } from './http-server.js'
import { limits, serverLimits } from './limits.js'
import { ServerHistory } from './history/history.js'
import { isLoopback, listen, mustHaveTokens } from './listen.js'
import { createLogger } from './logger.js'
import { connectionsWithin } from './open-files.js'
import { ServerProvisioning } from './provisioning/server-provisioning.js'
import { readTls } from './tls.js'
import type { TlsFiles } from './tls.js'

export interface ServeOptions {
  /** The backend to serve; default `SVC_BACKEND`, else the embedded store at its default place. */
  readonly backend?: string | undefined
  /** Address to listen on; one that others can reach only while the backend has tokens. Default `127.0.0.1`. */
  readonly host?: string | undefined
  /** Default 8999; 0 takes any free port. */
  readonly port?: number | undefined
  /** The database of the history and of clusters: `sqlite:<file>` or `postgresql://...`; `none` keeps neither. Default `SVC_DATABASE`, else `history.db` in the folder of the embedded store. */
  readonly database?: string | undefined
  /** A RabbitMQ that is told of changes of services, by the one of all servers that keeps the history. Default: none. */
  readonly rabbitmq?: RabbitMqOptions | undefined
  /** Ranges that are not public and that webhooks may be sent to all the same, also without TLS: `10.1.0.0/16`. Default: none. */
  readonly webhookAllow?: readonly string[] | undefined
  /** Whether webhooks and RabbitMQ are told, and `/v1/notification` answers. Default true. */
  readonly notifications?: boolean | undefined
  /** How clusters are kept, in the same database. */
  readonly clusters?: Pick<ProvisioningOptions, 'eventLog' | 'reporterTimeoutMs' | 'eraseEveryMs' | 'keepEventsMs'> | undefined
  /** Speaks https. Default: http. */
  readonly tls?: TlsFiles | undefined
  /** Requests a second with one token; 0: any number. Default 100. */
  readonly rateLimit?: number | undefined
  /** How many connections there may be at most, default 5000; README.md tells who gets how many. Fewer where the process may not open so many files. */
  readonly maxConnections?: number | undefined
  /** Default: JSON lines on stderr at level `SVC_LOG`, else `info`. */
  readonly logger?: Logger | undefined
  /** Aborting ends the start; once the server listens it is closed as `close()` does. */
  readonly signal?: AbortSignal | undefined
}

export interface RunningServer {
  /** Where it listens: `http://127.0.0.1:8999`, or `https:`, with the port it got. */
  readonly url: string
  readonly port: number
  /** Reads the files of `tls` anew, for connections from now on. Never rejects: what cannot be used is logged, and the old certificates stay. */
  reloadTls(): Promise<void>
  /**
   * Stops accepting, lets requests under way finish for up to `timeoutMs` (default 5000), cuts the rest and closes the
   * backend. Resolves when nothing is left running; calling it again gives the same promise.
   */
  close(options?: { timeoutMs?: number | undefined }): Promise<void>
}

/**
 * Serves the HTTP API of a backend. Resolves when it listens; lists are answered from the first sync on.
 * @throws NotAllowed for a host beyond loopback while there is no token; InvalidArgument for a port that is no port or in use, for certificates that cannot
 * be used, and for a URL or a range of addresses that is wrong; BackendUnreachable or NotSupported when the backend cannot be used.
 */
export async function serve({ backend = backendUrl(), host = '127.0.0.1', port = 8999, database = process.env.SVC_DATABASE || historyUrlOf(backend), rabbitmq, webhookAllow = [], notifications = true, clusters = {}, rateLimit, tls, maxConnections = limits.connections, logger = createLogger(), signal }: ServeOptions = {}): Promise<RunningServer> {
  signal?.throwIfAborted()
  const serviceGroup = await openServiceGroup(backend, { logger, signal })
  try {
    signal?.throwIfAborted()
    if (!isLoopback(host)) mustHaveTokens(host, await serviceGroup.listTokens({ signal }))
    return await start(serviceGroup, { host, port, history: openHistory(database, { rabbitmq, webhookAllow, notifications, logger }), provisioning: database === 'none' ? undefined : new ServerProvisioning(database, { ...clusters, logger }), webhookAllow, rateLimit, tls, maxConnections, logger, signal })
  } catch (error) {
    await serviceGroup.close().catch((cause: unknown) => logger.warn({ err: cause }, 'the backend was not closed cleanly'))
    throw error
  }
}

type HistoryOptions = Required<Pick<ServeOptions, 'webhookAllow' | 'notifications'>> & Pick<ServeOptions, 'rabbitmq'> & { readonly logger: Logger }

/** @throws InvalidArgument for URLs and ranges that are wrong */
function openHistory(database: string, { rabbitmq, webhookAllow, notifications, logger }: HistoryOptions): ServerHistory | undefined {
  if (rabbitmq) void rabbitmqSink(rabbitmq).close() // it is made when it is needed; what is wrong with it is told now
  checkWebhookRules({ allow: webhookAllow })
  if (database === 'none' && rabbitmq) throw new InvalidArgument('rabbitmq', 'Without a history nothing can be told to a RabbitMQ', { hint: 'Leave --database none out.' })
  if (database === 'none') return undefined
  if (!notifications) return new ServerHistory(database, { logger, webhooks: undefined })
  return new ServerHistory(database, { logger, webhooks: { allow: webhookAllow }, ...(rabbitmq && { sinks: [() => rabbitmqSink(rabbitmq)] }) })
}

interface StartOptions {
  readonly host: string
  readonly port: number
  readonly history: ServerHistory | undefined
  readonly provisioning: ServerProvisioning | undefined
  readonly webhookAllow: readonly string[] | undefined
  readonly rateLimit: number | undefined
  readonly tls: TlsFiles | undefined
  readonly maxConnections: number
  readonly logger: Logger
  readonly signal: AbortSignal | undefined
}

async function start(serviceGroup: ServiceGroup, { host, port, history, provisioning, webhookAllow, rateLimit, tls, maxConnections, logger, signal }: StartOptions): Promise<RunningServer> {
  const stopping = new AbortController()
  const connections = new Connections(connectionsWithin(maxConnections, logger), logger)
  const app = createApp(serviceGroup, { history, provisioning, webhookAllow, logger, beyondLoopback: !isLoopback(host), rateLimit, stopping: stopping.signal, connections })
  const server = createServerFor(app, serverLimits, tls && (await readTls(tls)))
  guardServer(server, connections, logger)
  const drain = new Drain(server)
  server.on('request', app)
  const address = await listen(server, host, port)
  logger.info({ url: address.url }, 'listening')
  history?.begin(serviceGroup)
  provisioning?.begin()
  if (!isLoopback(host) && !tls) logger.warn({ host }, 'others can reach this server, and nothing is encrypted: tokens can be read on the way, unless a proxy in front of it speaks TLS')

  const reloadTls = async (): Promise<void> => {
    if (!tls || !('setSecureContext' in server)) return
    try {
      server.setSecureContext(await readTls(tls))
      logger.info({}, 'certificates read anew')
    } catch (error) {
      logger.error({ err: error }, 'the certificates cannot be used; the old ones stay')
    }
  }
  const stop = async (timeoutMs: number): Promise<void> => {
    signal?.removeEventListener('abort', onAbort)
    logger.info({}, 'stopping')
    stopping.abort()
    const cut = await drain.stop(timeoutMs)
    if (cut > 0) logger.warn({ requests: cut, timeoutMs }, 'requests were cut: they did not finish in time')
    await provisioning?.close()
    await history?.close()
    await serviceGroup.close()
    logger.info({}, 'stopped')
  }
  let stopped: Promise<void> | undefined
  const close: RunningServer['close'] = ({ timeoutMs = 5000 } = {}) => (stopped ??= stop(timeoutMs))
  const onAbort = (): void => void close().catch((error: unknown) => logger.error({ err: error }, 'did not stop cleanly'))
  if (signal?.aborted) {
    await close()
    signal.throwIfAborted()
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  return { ...address, close, reloadTls }
}

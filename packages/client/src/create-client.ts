import { InvalidArgument, longestTimerMs, silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import type { HistoryReader } from '@muster/notifications'
import type { ProvisioningStore } from '@muster/provisioning'
import type { ServiceGroupApi } from '@muster/servicegroup'

import { Calls } from './calls.js'
import { parseEndpoint } from './endpoint.js'
import type { Fetch } from './fetch.js'
import { HttpHistory } from './http-history.js'
import { HttpProvisioning } from './http-provisioning.js'
import { Http } from './http.js'
import { HttpServiceGroup } from './http-service-group.js'
import type { HttpServiceGroupOptions } from './http-service-group.js'

export interface ClientOptions {
  /** How long one request may take, ms. Default 5000. */
  readonly timeoutMs?: number | undefined
  /**
   * How long the server of a watch may say nothing before it counts as gone, ms. Default 37,500: two and a half
   * of its heartbeats.
   */
  readonly silentMs?: number | undefined
  /** Says to the server who asks. Never part of an error or of the log. */
  readonly token?: string | undefined
  /** Default: says nothing. */
  readonly logger?: Logger | undefined
  /** Default: the global fetch. */
  readonly fetch?: Fetch | undefined
}

/**
 * The servicegroup API over HTTP: reads workers, groups and services, and changes services, at the server at `endpoint`, which may
 * have a base path. Nothing is asked before the first call. All calls reject with the server's own errors; with BackendUnreachable,
 * which names the URL and the reason, when there is no answer of Muster; with OutcomeUnknown when a change was sent and there is
 * none; and with Closed after `close()`.
 * Watches are told changes as they happen; what is there at first must be told without failure, after that they go on through
 * outages, and throw what the server refuses.
 * @throws InvalidArgument when the endpoint is no URL of HTTP or an option is out of range or no token
 */
export function createClient(endpoint: string, options: ClientOptions = {}): ServiceGroupApi {
  return new HttpServiceGroup(...connectionOf(endpoint, options))
}

/**
 * The history that the server at `endpoint` keeps: the same reader as of its database itself. Errors and `close()` are those of
 * `createClient`; a server without a history rejects with NotSupported or NotFound, one whose database is away with BackendUnreachable.
 * A watch goes on after the last change it has told, over outages and restarts of the server.
 * @throws InvalidArgument as `createClient`
 */
export function createHistoryClient(endpoint: string, options: ClientOptions = {}): HistoryReader {
  return new HttpHistory(...connectionOf(endpoint, options))
}

/**
 * The clusters that the server at `endpoint` keeps, for `new Provisioning(...)` of @muster/provisioning: the same as on their database itself. Errors and `close()`
 * are those of `createClient`; what may be repeated is sent again, at most twice, where nobody says whether it was done. `eventLog` is true until the server has said
 * otherwise. A watch goes on over outages and restarts of the server.
 * @throws InvalidArgument as `createClient`
 */
export function createProvisioningClient(endpoint: string, options: ClientOptions = {}): ProvisioningStore {
  return new HttpProvisioning(...connectionOf(endpoint, options))
}

function connectionOf(endpoint: string, { timeoutMs = 5000, silentMs = 37_500, logger = silentLogger, token, fetch }: ClientOptions): [Calls, Http, HttpServiceGroupOptions] {
  mustBePositive('timeoutMs', timeoutMs)
  mustBePositive('silentMs', silentMs)
  mustBeToken(token)
  const calls = new Calls()
  const http = new Http(parseEndpoint(endpoint), calls, { endpoint, timeoutMs, token, fetch: fetch ?? globalThis.fetch })
  return [calls, http, { endpoint, timeoutMs, silentMs, logger }]
}

function mustBePositive(argument: string, ms: number): void {
  if (!(ms > 0 && ms <= longestTimerMs)) throw new InvalidArgument(argument, `${argument}: ${ms} is not between 1 and ${longestTimerMs}`)
}

/** What is no token could not be sent, and the error of the sender would tell it. */
function mustBeToken(token: string | undefined): void {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return
  throw new InvalidArgument('token', 'The token is no token: it is empty, or has spaces or other characters that none has', { hint: 'Give it as svc token create has printed it.' })
}

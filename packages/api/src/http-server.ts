import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Server, ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Server as TlsServer } from 'node:https'

import type { Logger } from '@muster/common'
import type { Express } from 'express'

import { answerBrokenRequests } from './broken-requests.js'
import type { Connections } from './connections.js'
import { limits } from './limits.js'
import { tlsServerOptions } from './tls.js'
import type { ReadTls } from './tls.js'

/**
 * Makes the server that an app will run in, without the app's handler yet. Express turns Node's requests and
 * responses into its own by changing the prototypes of each, after which the engine runs them several times slower
 * than everything else together. Here they are born with those prototypes, and the change is none. `tls`: it speaks https.
 */
export function createServerFor(app: Express, options: ServerOptions, tls?: ReadTls): Server | TlsServer {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  Object.setPrototypeOf(AppRequest.prototype, app.request)
  Object.setPrototypeOf(AppResponse.prototype, app.response)
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype })
  const made = { ...options, IncomingMessage: AppRequest, ServerResponse: AppResponse }
  return tls ? createTlsServer({ ...made, ...tlsServerOptions(tls) }) : createServer(made)
}

/** Sets the limits of a server that was made with `serverLimits`, and answers what never gets to its app. */
export function guardServer(server: Server, connections: Connections, logger: Logger): void {
  server.maxHeadersCount = limits.headers + 1 // one more is seen, and refused; by itself Node would leave it out
  server.maxRequestsPerSocket = limits.requestsOfConnection
  server.setTimeout(limits.stalledMs)
  connections.guard(server)
  answerBrokenRequests(server, connections, logger)
}

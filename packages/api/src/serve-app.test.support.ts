import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { Express } from 'express'

import { createServerFor } from './http-server.js'

const servers: Server[] = []

/** Closes what `serveApp` has opened, and every connection. */
export function closeServers(): void {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
}

/** Serves an app on a free port of loopback until `closeServers`. Resolves with the port. */
export async function serveApp(app: Express): Promise<number> {
  const server = createServerFor(app, {}).on('request', app)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

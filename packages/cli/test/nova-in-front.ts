import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { serve } from '@muster/api'
import type { RunningServer } from '@muster/api'
import { silentLogger } from '@muster/common'

interface NovaOptions {
  /** The newest version `2.<minor>` that it says it has. */
  readonly newest?: number
  /** The token that it asks for. */
  readonly token?: string
  /** Services that it lists besides. */
  readonly more?: readonly object[]
}

/** Nova's face of a server on a backend, as an older Nova or one that wants a token: every answer is the face's own, over HTTP. */
export class NovaInFront implements AsyncDisposable {
  readonly #server: RunningServer
  readonly #front: Server
  /** The versions that were asked for, as headers had them. */
  readonly asked: string[] = []

  private constructor(server: RunningServer, front: Server) {
    this.#server = server
    this.#front = front
  }

  static async start(backend: string, options: NovaOptions = {}): Promise<NovaInFront> {
    const nova: NovaInFront = new NovaInFront(await serve({ backend, port: 0, logger: silentLogger }), createServer((req, res) => void nova.#pass(req, res, options)))
    nova.#front.listen(0, '127.0.0.1')
    await once(nova.#front, 'listening')
    return nova
  }

  get url(): string {
    return `nova+http://127.0.0.1:${(this.#front.address() as AddressInfo).port}/v2.1`
  }

  async #pass(req: IncomingMessage, res: ServerResponse, { newest, token, more = [] }: NovaOptions): Promise<void> {
    if (token !== undefined && req.headers['x-auth-token'] !== token) {
      const message = 'The request you have made requires authentication.'
      res.writeHead(401, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: { code: 401, message, title: 'Unauthorized' } }))
      return
    }
    const version = req.headers['openstack-api-version']
    if (version !== undefined) this.asked.push(String(version))
    const answer = await fetch(this.#server.url + String(req.url), { headers: version === undefined ? {} : { 'OpenStack-API-Version': String(version) } })
    const content = (await answer.json()) as { version?: { version: string }; services?: object[] }
    if (content.version && newest !== undefined) content.version.version = `2.${newest}`
    content.services?.push(...more)
    res.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(content))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#front.closeAllConnections()
    this.#front.close()
    await this.#server.close()
  }
}

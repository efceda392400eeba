import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { within } from './within.js'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: Record<string, unknown> }
  /** Wall time in ms. */
  readonly at: number
}

export type Answering = (received: Received, response: ServerResponse) => void

const ok: Answering = (_, response) => response.writeHead(204).end()

/** An HTTP server on loopback that takes webhooks. `answer` may be changed while it runs. */
export class Endpoint implements AsyncDisposable {
  readonly received: Received[] = []
  answer: Answering = ok
  readonly #server: Server
  #tell: () => void = () => {}

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const received = { headers: request.headers, text, body: JSON.parse(text) as Received['body'], at: Date.now() }
        this.received.push(received)
        this.answer(received, response)
        this.#tell()
      })
    })
  }

  static async open(answer: Answering = ok): Promise<Endpoint> {
    const endpoint = new Endpoint()
    endpoint.answer = answer
    endpoint.#server.listen(0, '127.0.0.1')
    await once(endpoint.#server, 'listening')
    return endpoint
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  /** The ids of what has come, as often as it has. */
  get ids(): string[] {
    return this.received.map(({ headers }) => String(headers['webhook-id']))
  }

  /** Resolves with all that has come, once it is so much. */
  async until(count: number): Promise<readonly Received[]> {
    const look = async (): Promise<readonly Received[]> => {
      for (;;) {
        const more = new Promise<void>((resolve) => (this.#tell = resolve))
        if (this.received.length >= count) return this.received
        await more
      }
    }
    return within(look(), 15_000, `${count} requests, of which ${this.received.length} had come at first`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}

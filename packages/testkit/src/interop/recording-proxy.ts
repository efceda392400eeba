import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

import { freePort } from '../free-port.js'

/** The headers that clients and servers of OpenStack go by, in the order of the record. */
const toldHeaders = ['allow', 'content-type', 'openstack-api-version', 'x-auth-token', 'x-openstack-nova-api-version']

export interface RecordingProxy extends AsyncDisposable {
  readonly url: string
  /** What was asked and answered since the last call: lines of `>` and `<`. */
  readonly take: () => string[]
}

/** Stands between a client and a server on the port `target`, hands everything on as it is, and writes it down. */
export async function startRecordingProxy(target: number): Promise<RecordingProxy> {
  let record: string[] = []
  const server = createServer((req, res) => {
    const hand = async (): Promise<void> => {
      const asked = await text(req)
      const onward = request({ host: '127.0.0.1', port: target, method: req.method, path: req.url, headers: req.headers }).end(asked)
      const [answer] = (await once(onward, 'response')) as [IncomingMessage]
      const told = await text(answer)
      record.push(...describe('>', `${req.method} ${req.url}`, req.headers, asked), ...describe('<', String(answer.statusCode), answer.headers, told))
      res.writeHead(answer.statusCode ?? 500, answer.headers).end(told)
    }
    hand().catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined))
  })
  const port = await freePort()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${port}`,
    take: () => {
      const taken = record
      record = []
      return taken
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function describe(mark: string, first: string, headers: IncomingHttpHeaders, body: string): string[] {
  const told = toldHeaders.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${String(headers[name])}`]))
  return [first, ...told, ...(body === '' ? [] : ['', body])].map((line) => `${mark} ${line}`.trimEnd())
}

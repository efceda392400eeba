import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { httpStatusByCode, isMusterError, messageOf } from '@muster/common'
import type { HistoryReader } from '@muster/notifications'

export interface HistoryServer extends AsyncDisposable {
  readonly url: string
  /** The requests it has had, as `GET /v1/change?...`, with the last event id where there is one. */
  readonly requests: readonly string[]
  /** Cuts every stream, as a server does that goes. */
  cut(): void
}

/** A server that tells a history and nothing else, as the API does: what a client is tried against where no whole server is wanted. */
export async function serveHistory(history: HistoryReader, { port = 0 } = {}): Promise<HistoryServer> {
  const requests: string[] = []
  const streams = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const lastEventId = request.headers['last-event-id']
    requests.push(`${request.method} ${request.url}${lastEventId === undefined ? '' : ` ${String(lastEventId)}`}`)
    answer(history, request, response, streams).catch((error: unknown) => refuse(error, response))
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => streams.forEach((stream) => stream.destroy())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    cut,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(history: HistoryReader, request: IncomingMessage, response: ServerResponse, streams: Set<ServerResponse>): Promise<void> {
  const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://localhost')
  const filter = Object.fromEntries((['type', 'host', 'kind'] as const).flatMap((field) => (query.has(field) ? [[field, query.getAll(field)]] : [])))
  const send = (content: unknown, headers: Record<string, string> = {}) => response.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(content))
  const since = query.get('since') ?? ''
  const numbered = /^\d+$/.test(since)
  switch (pathname) {
    case '/v1/change': {
      const page = await history.changes(filter, { limit: Number(query.get('limit') ?? 100), ...(numbered ? { after: Number(since) } : { from: Date.parse(since) }) })
      send(page.changes, { 'X-Svc-Next': String(page.next), 'X-Svc-First-Seq': String(page.firstSeq), 'X-Svc-Last-Seq': String(page.lastSeq) })
      return
    }
    case '/v1/change/stream': {
      const gone = new AbortController()
      response.once('close', () => gone.abort())
      streams.add(response)
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': here\n\n')
      const after = Number(request.headers['last-event-id'] ?? since)
      for await (const change of history.watchChanges(filter, { after, signal: gone.signal })) {
        const isMissing = change.kind === 'gap' && change.gap?.to === change.seq
        response.write(`id: ${change.seq}\nevent: ${isMissing ? 'gap' : 'change'}\ndata: ${JSON.stringify(isMissing ? change.gap : change)}\n\n`)
      }
      streams.delete(response)
      return
    }
    case '/v1/state':
      send(await history.stateAt({ time: Date.parse(query.get('at') ?? '') }))
      return
    case '/v1/difference':
      send(await history.differencesSince({ time: Date.parse(since) }))
      return
    default:
      response.writeHead(404).end()
  }
}

function refuse(error: unknown, response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const [code, hint] = isMusterError(error) ? [error.code, error.hint] : ['backend_unreachable' as const, undefined]
  const problem = { type: 'about:blank', title: code, status: httpStatusByCode[code], detail: messageOf(error), error: code, hint }
  response.writeHead(problem.status, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify(problem))
}

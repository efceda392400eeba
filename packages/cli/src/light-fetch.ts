import type { IncomingMessage } from 'node:http'
import { addAbortSignal, Readable } from 'node:stream'

import type { Fetch, FetchResponse } from '@muster/client'

import type { TlsFiles } from './server-access.js'

type Options = Parameters<Fetch>[1]

const redirects: readonly number[] = [301, 302, 303, 307, 308]
const mostRedirects = 20

/** A light fetch without files for TLS. */
export const lightFetch: Fetch = (url, options) => lightFetchWith({})(url, options)

/**
 * Makes a `fetch` for the client of one command: made of Node's own HTTP client, which loads in a tenth of the time. It follows
 * redirects as the global one does, and asks for no compression. `tls`: the
 * authority to trust instead of the system's, the client's own certificate and its key.
 */
export const lightFetchWith = (tls: TlsFiles): Fetch => async (url, options) => {
  let from = url
  for (let count = 0; count <= mostRedirects; count += 1) {
    const message = await send(from, from.origin === url.origin ? options : withoutToken(options), tls)
    const { statusCode = 0, headers } = message
    if (headers.location === undefined || !redirects.includes(statusCode)) return toResponse(message)
    message.resume() // nobody reads it, and its connection is used again
    from = new URL(headers.location, from)
  }
  throw new Error('redirected without end')
}

/** A token is for the server that was asked, not for one that it names. */
function withoutToken(options: Options): Options {
  return { ...options, headers: Object.fromEntries(Object.entries(options.headers).filter(([name]) => name.toLowerCase() !== 'authorization')) }
}

function send(url: URL, options: Options, tls: TlsFiles): Promise<IncomingMessage> {
  // By name, because importing TLS for a server without it takes longer than asking it.
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http')
  return new Promise((resolve, reject) => {
    const { method, headers, body, signal } = options
    request(url, { method, headers, signal, ...tls })
      .once('response', (message) => resolve(addAbortSignal(signal, message))) // else an end by abort reads as the end of what was sent
      .on('error', reject)
      .end(body)
  })
}

function toResponse(message: IncomingMessage): FetchResponse {
  const { statusCode = 0, headers } = message
  return {
    status: statusCode,
    headers: { get: (name) => [headers[name.toLowerCase()] ?? null].flat().join(', ') || null },
    get body() {
      return Readable.toWeb(message) as ReadableStream<Uint8Array>
    },
    async text() {
      const chunks: Uint8Array[] = []
      for await (const chunk of message) chunks.push(chunk as Uint8Array)
      return new TextDecoder().decode(Buffer.concat(chunks))
    },
  }
}

import type { LookupAddress } from 'node:dns'
import { once } from 'node:events'
import { request as requestHttp } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'

import { BackendUnreachable, isMusterError, messageOf, onAbort, OperationTimedOut } from '@muster/common'

import type { AddressGuard } from './address-guard.js'

export interface PostOptions {
  readonly guard: AddressGuard
  /** Until when there must be an answer, from the look-up of the name on. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** What came back. */
export interface Answer {
  readonly status: number
  /** As it was sent. */
  readonly retryAfter: string | undefined
  /** The beginning of the body, without control characters. */
  readonly excerpt: string
}

/** More of a body is not read. */
const mostBytes = 4096

/**
 * Sends a body once, to an address that was checked before, and follows no answer elsewhere. Each request has a connection of its own, so that
 * the address is checked each time. @throws NotAllowed, BackendUnreachable, OperationTimedOut; the reason of `signal`
 */
export async function post(url: URL, headers: Readonly<Record<string, string>>, body: Uint8Array, { guard, timeoutMs, signal }: PostOptions): Promise<Answer> {
  const deadline = AbortSignal.timeout(timeoutMs)
  const ended = AbortSignal.any([signal, deadline])
  try {
    const addresses = await orAborted(guard.resolve(url), ended)
    return await exchange(url, { method: 'POST', agent: false, lookup: pinnedTo(addresses), signal: ended, headers: { ...headers, 'content-length': body.byteLength, 'user-agent': 'muster' } }, body, ended)
  } catch (error) {
    signal.throwIfAborted()
    if (deadline.aborted) throw new OperationTimedOut(`The request to ${url.host}`, timeoutMs, { cause: error })
    throw isMusterError(error) ? error : new BackendUnreachable(url.host, reasonOf(error), { cause: error })
  }
}

async function exchange(url: URL, options: RequestOptions, body: Uint8Array, signal: AbortSignal): Promise<Answer> {
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options)
  request.on('error', () => undefined) // also when nobody waits any more
  try {
    request.end(body)
    const [response] = (await once(request, 'response', { signal })) as [IncomingMessage]
    return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], excerpt: await excerptOf(response) }
  } finally {
    request.destroy()
  }
}

async function excerptOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.byteLength
      if (length >= mostBytes) break
    }
  } catch {
    // its status has come, and that is what counts
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString().replace(/\p{Cc}+/gu, ' ')
}

/** In place of another look-up. */
function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (_hostname, { all }, done) => {
    const [first] = addresses as [LookupAddress]
    if (all === true) done(null, [...addresses])
    else done(null, first.address, first.family)
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([work, new Promise<never>((_, reject) => (signal.aborted ? reject(signal.reason as Error) : onAbort(signal, () => reject(signal.reason as Error))))])
}

/** Of several addresses each has failed in its way, and the error of them all says nothing. */
function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : []
  return messageOf(first ?? error)
}

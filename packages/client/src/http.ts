import { BackendUnreachable } from '@muster/common'

import type { Calls } from './calls.js'
import { parseProblem, toError } from './problems.js'
import { notMuster, unreachable, wasCut } from './unreachable.js'

/** What a server answered to a read. */
export type Answer =
  /** What the client has is what there is. */
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'list'
      readonly rows: readonly unknown[]
      readonly etag: string | undefined
      /** When the list was last known to be true, if the server cannot reach its backend. */
      readonly asOf: string | undefined
    }

interface HttpOptions {
  /** The endpoint as the caller wrote it: what errors name. */
  readonly endpoint: string
  readonly timeoutMs: number
  readonly fetch: typeof globalThis.fetch
}

/** Reads lists from one server. Every failure is a MusterError, except the reason of the caller's own abort. */
export class Http {
  readonly #base: URL
  readonly #calls: Calls
  readonly #options: HttpOptions

  constructor(base: URL, calls: Calls, options: HttpOptions) {
    this.#base = base
    this.#calls = calls
    this.#options = options
  }

  /** Asks for a list; with `etag`, only if it is not that one. */
  getList(path: string, query: URLSearchParams, { etag, signal }: { etag?: string | undefined; signal?: AbortSignal | undefined } = {}): Promise<Answer> {
    const url = new URL(path, this.#base)
    url.search = query.toString()
    const { endpoint, timeoutMs } = this.#options
    const deadline = { ms: timeoutMs, error: () => new BackendUnreachable(endpoint, `no answer within ${timeoutMs} ms`) }
    return this.#calls.run((ended) => this.#ask(url, etag, ended), { signal, deadline })
  }

  async #ask(url: URL, etag: string | undefined, signal: AbortSignal): Promise<Answer> {
    const { response, body } = await this.#exchange(url, etag, signal)
    if (response.status === 304 && etag !== undefined) return { kind: 'unchanged' }
    const content = parseJson(body)
    if (response.status === 200 && Array.isArray(content)) {
      return { kind: 'list', rows: content, etag: response.headers.get('ETag') ?? undefined, asOf: response.headers.get('X-Svc-As-Of') ?? undefined }
    }
    const problem = parseProblem(content)
    if (problem && response.status >= 400) throw toError(problem, this.#options.endpoint)
    throw notMuster(this.#options.endpoint, describe(response))
  }

  async #exchange(url: URL, etag: string | undefined, signal: AbortSignal): Promise<Exchange> {
    try {
      return await this.#exchangeOnce(url, etag, signal)
    } catch (error) {
      if (!wasCut(error)) throw unreachable(this.#options.endpoint, error)
    }
    // The server closed a kept connection just as it was used: a read is safely made once more, on a new one.
    try {
      return await this.#exchangeOnce(url, etag, signal)
    } catch (error) {
      throw unreachable(this.#options.endpoint, error)
    }
  }

  async #exchangeOnce(url: URL, etag: string | undefined, signal: AbortSignal): Promise<Exchange> {
    const headers = { Accept: 'application/json', ...(etag === undefined ? {} : { 'If-None-Match': etag }) }
    const response = await this.#options.fetch(url, { headers, signal })
    return { response, body: await response.text() }
  }
}

interface Exchange {
  readonly response: Response
  readonly body: string
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function describe({ status, headers }: Response): string {
  const server = headers.get('Server')
  return `HTTP ${status}, ${headers.get('Content-Type') ?? 'no content type'}${server === null ? '' : `, from ${server}`}`
}

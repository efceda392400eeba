import { BackendUnreachable, OutcomeUnknown } from '@muster/common'
import type { MusterError } from '@muster/common'

import type { Calls } from './calls.js'
import type { Fetch, FetchOptions, FetchResponse } from './fetch.js'
import { parseProblem, toError } from './problems.js'
import { notMuster, unanswered, unreachable, wasCut } from './unreachable.js'

/** What a server answered. */
export interface Answer {
  /** Its JSON. */
  readonly content: unknown
  readonly header: (name: string) => string | null
}

interface HttpOptions {
  /** The endpoint as the caller wrote it: what errors name. */
  readonly endpoint: string
  readonly timeoutMs: number
  readonly fetch: Fetch
  /** Sent with each request. */
  readonly token: string | undefined
}

/** A change that is asked for. */
export interface Writing {
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** What errors call it. */
  readonly operation: string
  /** How much longer than others it may take, because the server itself waits for somebody, ms. Default 0. */
  readonly extraMs?: number
}

/** Asks one server. Every failure is a MusterError, except the reason of the caller's own abort. */
export class Http {
  readonly #base: URL
  readonly #calls: Calls
  readonly #options: HttpOptions

  constructor(base: URL, calls: Calls, options: HttpOptions) {
    this.#base = base
    this.#calls = calls
    this.#options = options
  }

  read(path: string, query: URLSearchParams, signal: AbortSignal | undefined): Promise<Answer> {
    const { endpoint, timeoutMs } = this.#options
    const deadline = { ms: timeoutMs, error: () => new BackendUnreachable(endpoint, `no answer within ${timeoutMs} ms`) }
    const headers = { Accept: 'application/json', ...this.#credential() }
    return this.#calls.run(
      async (ended) => {
        const exchange = await this.#tryTwice(() => this.#exchange(path, query, { method: 'GET', headers, signal: ended }))
        return this.#accept(exchange)
      },
      { signal, deadline },
    )
  }

  /** Is sent once. @throws OutcomeUnknown when it may have been carried out and nobody said so */
  write({ method, path, query, headers, body, operation, extraMs = 0 }: Writing, signal: AbortSignal | undefined): Promise<Answer> {
    const { endpoint } = this.#options
    const timeoutMs = this.#options.timeoutMs + extraMs
    const deadline = { ms: timeoutMs, error: () => new OutcomeUnknown(operation, `no answer of ${endpoint} within ${timeoutMs} ms`) }
    const options = { method, headers: { Accept: 'application/json', ...headers, ...this.#credential() }, ...(body !== undefined && { body }) }
    return this.#calls.run(
      async (ended) => {
        const exchange = await this.#exchange(path, query, { ...options, signal: ended }).catch((error: unknown) => {
          throw unanswered(endpoint, operation, error)
        })
        const { response, content } = exchange
        const isSaid = response.status < 500 || parseProblem(content) !== undefined
        if (!isSaid) throw new OutcomeUnknown(operation, `${endpoint} answers ${describe(response)}`)
        return this.#accept(exchange)
      },
      { signal, deadline },
    )
  }

  /**
   * Asks for a stream of events, after the last one that is there already, if any. Resolves when the server has agreed; the
   * body is the caller's to read, until `signal` aborts.
   */
  async openEvents(path: string, query: URLSearchParams, { lastEventId, signal }: { lastEventId: string; signal: AbortSignal }): Promise<FetchResponse> {
    const headers = { Accept: 'text/event-stream', ...this.#credential(), ...(lastEventId === '' ? {} : { 'Last-Event-ID': lastEventId }) }
    const response = await this.#tryTwice(() => this.#options.fetch(this.#url(path, query), { method: 'GET', headers, signal }))
    const type = response.headers.get('Content-Type')?.split(';')[0]
    if (response.status === 200 && type === 'text/event-stream') return response
    throw this.#refusal(response, response.status < 400 ? undefined : parseJson(await response.text()))
  }

  /** In the one header that is not taken along to another server when this one redirects. */
  #credential(): Record<string, string> {
    const { token } = this.#options
    return token === undefined ? {} : { Authorization: `Bearer ${token}` }
  }

  #url(path: string, query: URLSearchParams): URL {
    const url = new URL(path, this.#base)
    url.search = query.toString()
    return url
  }

  async #exchange(path: string, query: URLSearchParams, options: FetchOptions): Promise<{ response: FetchResponse; content: unknown }> {
    const response = await this.#options.fetch(this.#url(path, query), options)
    return { response, content: parseJson(await response.text()) }
  }

  #accept({ response, content }: { response: FetchResponse; content: unknown }): Answer {
    if ((response.status !== 200 && response.status !== 201) || content === undefined) throw this.#refusal(response, content)
    return { content, header: (name) => response.headers.get(name) }
  }

  /** What a server means that does not give what was asked for. */
  #refusal(response: FetchResponse, content: unknown): MusterError {
    const problem = parseProblem(content)
    return problem && response.status >= 400 ? toError(problem, this.#options.endpoint) : notMuster(this.#options.endpoint, describe(response))
  }

  /** A server may close a kept connection just as it is used: a read is safely made once more, on a new one. */
  async #tryTwice<T>(exchange: () => Promise<T>): Promise<T> {
    const { endpoint } = this.#options
    try {
      return await exchange()
    } catch (error) {
      if (!wasCut(error)) throw unreachable(endpoint, error)
    }
    try {
      return await exchange()
    } catch (error) {
      throw unreachable(endpoint, error)
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function describe({ status, headers }: FetchResponse): string {
  const server = headers.get('Server')
  return `HTTP ${status}, ${headers.get('Content-Type') ?? 'no content type'}${server === null ? '' : `, from ${server}`}`
}

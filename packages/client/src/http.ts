import { BackendUnreachable } from '@muster/common'
import type { MusterError } from '@muster/common'

import type { Calls } from './calls.js'
import type { Fetch, FetchResponse } from './fetch.js'
import { parseProblem, toError } from './problems.js'
import { notMuster, unreachable, wasCut } from './unreachable.js'

/** A list as a server answered it. */
export interface Answer {
  readonly rows: readonly unknown[]
  /** When the list was last known to be true, if the server cannot reach its backend. */
  readonly asOf: string | undefined
}

interface HttpOptions {
  /** The endpoint as the caller wrote it: what errors name. */
  readonly endpoint: string
  readonly timeoutMs: number
  readonly fetch: Fetch
}

/** Reads lists and streams from one server. Every failure is a MusterError, except the reason of the caller's own abort. */
export class Http {
  readonly #base: URL
  readonly #calls: Calls
  readonly #options: HttpOptions

  constructor(base: URL, calls: Calls, options: HttpOptions) {
    this.#base = base
    this.#calls = calls
    this.#options = options
  }

  getList(path: string, query: URLSearchParams, signal: AbortSignal | undefined): Promise<Answer> {
    const url = this.#url(path, query)
    const { endpoint, timeoutMs } = this.#options
    const deadline = { ms: timeoutMs, error: () => new BackendUnreachable(endpoint, `no answer within ${timeoutMs} ms`) }
    return this.#calls.run((ended) => this.#ask(url, ended), { signal, deadline })
  }

  /**
   * Asks for a stream of events, after the last one that is there already, if any. Resolves when the server has agreed; the
   * body is the caller's to read, until `signal` aborts.
   */
  async openEvents(path: string, query: URLSearchParams, { lastEventId, signal }: { lastEventId: string; signal: AbortSignal }): Promise<FetchResponse> {
    const headers = { Accept: 'text/event-stream', ...(lastEventId === '' ? {} : { 'Last-Event-ID': lastEventId }) }
    const response = await this.#tryTwice(() => this.#options.fetch(this.#url(path, query), { headers, signal }))
    const type = response.headers.get('Content-Type')?.split(';')[0]
    if (response.status === 200 && type === 'text/event-stream') return response
    throw this.#refusal(response, response.status < 400 ? undefined : parseJson(await response.text()))
  }

  #url(path: string, query: URLSearchParams): URL {
    const url = new URL(path, this.#base)
    url.search = query.toString()
    return url
  }

  async #ask(url: URL, signal: AbortSignal): Promise<Answer> {
    const headers = { Accept: 'application/json' }
    const { response, body } = await this.#tryTwice(async () => {
      const answer = await this.#options.fetch(url, { headers, signal })
      return { response: answer, body: await answer.text() }
    })
    const content = parseJson(body)
    if (response.status === 200 && Array.isArray(content)) {
      return { rows: content, asOf: response.headers.get('X-Svc-As-Of') ?? undefined }
    }
    throw this.#refusal(response, content)
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

import { InvalidArgument, silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Group, Worker, WorkerChange, WorkerFilter, WorkerReader } from '@muster/servicegroup'

import { Calls } from './calls.js'
import { parseEndpoint } from './endpoint.js'
import { Http } from './http.js'
import { toQuery } from './query.js'
import { isGroup, isWorker } from './rows.js'
import { notMuster } from './unreachable.js'
import { watchByPolling } from './watch-workers.js'
import type { Polled } from './watch-workers.js'

export interface ClientOptions {
  /** How long one request may take, ms. Default 5000. */
  readonly timeoutMs?: number | undefined
  /** Pause between two looks of `watchWorkers`, ms: how late a change may be told. Default 1000. */
  readonly pollIntervalMs?: number | undefined
  /** Default: says nothing. */
  readonly logger?: Logger | undefined
  /** Default: the global fetch. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * The servicegroup API over HTTP: reads workers and groups from the server at `endpoint`, which may have a base path.
 * Nothing is asked before the first call. All calls reject with the server's own errors; with BackendUnreachable, which
 * names the URL and the reason, when there is no answer of Muster; and with Closed after `close()`.
 * `watchWorkers` polls; its first look must succeed, after that it goes on through outages.
 * @throws InvalidArgument when the endpoint is no URL of HTTP or an option is out of range
 */
export function createClient(endpoint: string, { timeoutMs = 5000, pollIntervalMs = 1000, logger = silentLogger, fetch }: ClientOptions = {}): WorkerReader {
  mustBePositive('timeoutMs', timeoutMs)
  mustBePositive('pollIntervalMs', pollIntervalMs)
  const calls = new Calls()
  const http = new Http(parseEndpoint(endpoint), calls, { endpoint, timeoutMs, fetch: fetch ?? globalThis.fetch })
  return new HttpWorkerReader(endpoint, calls, http, { pollIntervalMs, logger })
}

const longestMs = 2 ** 31 - 1

function mustBePositive(argument: string, ms: number): void {
  if (!(ms > 0 && ms <= longestMs)) throw new InvalidArgument(argument, `${argument}: ${ms} is not between 1 and ${longestMs}`)
}

interface Signalled {
  readonly signal?: AbortSignal | undefined
}

class HttpWorkerReader implements WorkerReader {
  readonly #endpoint: string
  readonly #calls: Calls
  readonly #http: Http
  readonly #options: { readonly pollIntervalMs: number; readonly logger: Logger }

  constructor(endpoint: string, calls: Calls, http: Http, options: { readonly pollIntervalMs: number; readonly logger: Logger }) {
    this.#endpoint = endpoint
    this.#calls = calls
    this.#http = http
    this.#options = options
  }

  async workers(filter: WorkerFilter = {}, { signal }: Signalled = {}): Promise<readonly Worker[]> {
    const { workers = [], asOf } = (await this.#poll(toQuery(filter), undefined, signal)) ?? {}
    if (asOf !== undefined) this.#options.logger.warn({ asOf }, 'the server cannot reach its backend; its list is old')
    return workers
  }

  async groups({ signal }: Signalled = {}): Promise<readonly Group[]> {
    const answer = await this.#http.getList('v1/group', new URLSearchParams(), { signal })
    return answer.kind === 'list' ? this.#checked(answer.rows, isGroup, 'groups') : []
  }

  async *watchWorkers(filter: WorkerFilter = {}, { signal }: Signalled = {}): AsyncGenerator<readonly WorkerChange[], void> {
    const query = toQuery(filter)
    try {
      yield* watchByPolling({
        poll: (etag) => this.#poll(query, etag, signal),
        pause: (ms) => this.#calls.pause(ms, { signal }),
        intervalMs: this.#options.pollIntervalMs,
        logger: this.#options.logger,
      })
    } catch (error) {
      if (signal?.aborted !== true) throw error
    }
  }

  close(): Promise<void> {
    return this.#calls.close()
  }

  async #poll(query: URLSearchParams, etag: string | undefined, signal: AbortSignal | undefined): Promise<Polled | undefined> {
    const answer = await this.#http.getList('v1/service', query, { etag, signal })
    if (answer.kind === 'unchanged') return undefined
    return { workers: this.#checked(answer.rows, isWorker, 'workers'), etag: answer.etag, asOf: answer.asOf }
  }

  #checked<T>(rows: readonly unknown[], isRow: (row: unknown) => row is T, what: string): readonly T[] {
    if (rows.every(isRow)) return rows
    throw notMuster(this.#endpoint, `its list is not one of ${what}`)
  }
}

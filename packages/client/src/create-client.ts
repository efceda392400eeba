import { InvalidArgument, longestTimerMs, silentLogger } from '@muster/common'
import type { Logger } from '@muster/common'
import type { Group, WatchWorkersOptions, Worker, WorkerChange, WorkerFilter, WorkerReader } from '@muster/servicegroup'

import { Calls } from './calls.js'
import { parseEndpoint } from './endpoint.js'
import { connectToEvents } from './event-stream.js'
import type { Fetch } from './fetch.js'
import { Http } from './http.js'
import { toQuery } from './query.js'
import { isGroup, isWorker } from './rows.js'
import { notMuster } from './unreachable.js'
import { watchByEvents } from './watch-workers.js'

export interface ClientOptions {
  /** How long one request may take, ms. Default 5000. */
  readonly timeoutMs?: number | undefined
  /**
   * How long the server of a `watchWorkers` may say nothing before it counts as gone, ms. Default 37,500: two and a half
   * of its heartbeats.
   */
  readonly silentMs?: number | undefined
  /** Default: says nothing. */
  readonly logger?: Logger | undefined
  /** Default: the global fetch. */
  readonly fetch?: Fetch | undefined
}

/**
 * The servicegroup API over HTTP: reads workers and groups from the server at `endpoint`, which may have a base path.
 * Nothing is asked before the first call. All calls reject with the server's own errors; with BackendUnreachable, which
 * names the URL and the reason, when there is no answer of Muster; and with Closed after `close()`.
 * `watchWorkers` is told changes as they happen; who is there at first must be told without failure, after that it goes
 * on through outages, and throws what the server refuses.
 * @throws InvalidArgument when the endpoint is no URL of HTTP or an option is out of range
 */
export function createClient(endpoint: string, { timeoutMs = 5000, silentMs = 37_500, logger = silentLogger, fetch }: ClientOptions = {}): WorkerReader {
  mustBePositive('timeoutMs', timeoutMs)
  mustBePositive('silentMs', silentMs)
  const calls = new Calls()
  const http = new Http(parseEndpoint(endpoint), calls, { endpoint, timeoutMs, fetch: fetch ?? globalThis.fetch })
  return new HttpWorkerReader(calls, http, { endpoint, timeoutMs, silentMs, logger })
}

function mustBePositive(argument: string, ms: number): void {
  if (!(ms > 0 && ms <= longestTimerMs)) throw new InvalidArgument(argument, `${argument}: ${ms} is not between 1 and ${longestTimerMs}`)
}

interface Signalled {
  readonly signal?: AbortSignal | undefined
}

interface ReaderOptions {
  /** The endpoint as the caller wrote it. */
  readonly endpoint: string
  readonly timeoutMs: number
  readonly silentMs: number
  readonly logger: Logger
}

class HttpWorkerReader implements WorkerReader {
  readonly #calls: Calls
  readonly #http: Http
  readonly #options: ReaderOptions

  constructor(calls: Calls, http: Http, options: ReaderOptions) {
    this.#calls = calls
    this.#http = http
    this.#options = options
  }

  async workers(filter: WorkerFilter = {}, { signal }: Signalled = {}): Promise<readonly Worker[]> {
    const { rows, asOf } = await this.#http.getList('v1/service', toQuery(filter), signal)
    if (asOf !== undefined) this.#options.logger.warn({ asOf }, 'the server cannot reach its backend; its list is old')
    return this.#checked(rows, isWorker, 'workers')
  }

  async groups({ signal }: Signalled = {}): Promise<readonly Group[]> {
    const { rows } = await this.#http.getList('v1/group', new URLSearchParams(), signal)
    return this.#checked(rows, isGroup, 'groups')
  }

  async *watchWorkers(filter: WorkerFilter = {}, { signal, onConnection }: WatchWorkersOptions = {}): AsyncGenerator<readonly WorkerChange[], void> {
    const [calls, http, query] = [this.#calls, this.#http, toQuery(filter)]
    const { endpoint, timeoutMs, silentMs, logger } = this.#options
    try {
      yield* watchByEvents({
        connect: (lastEventId) => connectToEvents({ http, calls, query, lastEventId, signal, endpoint, timeoutMs, silentMs }),
        pause: (ms) => calls.pause(ms, { signal }),
        endpoint,
        logger,
        onConnection,
      })
    } catch (error) {
      if (signal?.aborted !== true) throw error
    }
  }

  close(): Promise<void> {
    return this.#calls.close()
  }

  #checked<T>(rows: readonly unknown[], isRow: (row: unknown) => row is T, what: string): readonly T[] {
    if (rows.every(isRow)) return rows
    throw notMuster(this.#options.endpoint, `its list is not one of ${what}`)
  }
}

import { InvalidArgument } from '@muster/common'
import type { Change, ChangeFilter, ChangePage, Difference, HistoryReader, PastState, ReadChangesOptions, WatchChangesOptions } from '@muster/notifications'

import type { Calls } from './calls.js'
import { isChange, isDifference, isPastState } from './changes.js'
import { connectToEvents } from './event-stream.js'
import type { Answer, Http } from './http.js'
import type { HttpServiceGroupOptions } from './http-service-group.js'
import { toChangesQuery } from './query.js'
import { notMuster } from './unreachable.js'
import { parseChangeEvent, watchChangesByEvents } from './watch-changes.js'

type Then = Parameters<HistoryReader['stateAt']>[0]

/** The history that one server keeps. */
export class HttpHistory implements HistoryReader {
  readonly #calls: Calls
  readonly #http: Http
  readonly #options: HttpServiceGroupOptions

  constructor(calls: Calls, http: Http, options: HttpServiceGroupOptions) {
    this.#calls = calls
    this.#http = http
    this.#options = options
  }

  async changes(filter: ChangeFilter = {}, { after, from, limit, signal }: ReadChangesOptions = {}): Promise<ChangePage> {
    const query = toChangesQuery(filter)
    query.set('since', after === undefined && from !== undefined ? timeText(from) : String(after ?? 0))
    if (limit !== undefined) query.set('limit', String(limit))
    const answer = await this.#http.read('v1/change', query, signal)
    const changes = this.#listOf(answer, isChange, 'changes').filter(({ at }) => from === undefined || Date.parse(at) >= from)
    return { changes, next: this.#numberOf(answer, 'X-Svc-Next'), firstSeq: this.#numberOf(answer, 'X-Svc-First-Seq'), lastSeq: this.#numberOf(answer, 'X-Svc-Last-Seq') }
  }

  async *watchChanges(filter: ChangeFilter = {}, { after, signal }: WatchChangesOptions = {}): AsyncGenerator<Change, void> {
    const [calls, http] = [this.#calls, this.#http]
    const { endpoint, timeoutMs, silentMs, logger } = this.#options
    try {
      const begin = after ?? (await this.changes({}, { limit: 1, signal })).lastSeq // else what comes while the first connection is lost would be missed
      const query = toChangesQuery(filter)
      query.set('since', String(begin))
      yield* watchChangesByEvents({
        connect: (cursor, onOpen) =>
          connectToEvents({ path: 'v1/change/stream', parse: parseChangeEvent, http, calls, query, lastEventId: cursor === begin ? '' : String(cursor), signal, endpoint, timeoutMs, silentMs, onOpen }),
        pause: (ms) => calls.pause(ms, { signal }),
        after: begin,
        endpoint,
        logger,
      })
    } catch (error) {
      if (signal?.aborted !== true) throw error
    }
  }

  async stateAt({ time, signal }: Then): Promise<PastState> {
    const { content } = await this.#http.read('v1/state', new URLSearchParams({ at: timeText(time) }), signal)
    if (!isPastState(content)) throw notMuster(this.#options.endpoint, 'its state is not one of workers and services')
    return content
  }

  async differencesSince({ time, signal }: Then): Promise<readonly Difference[]> {
    return this.#listOf(await this.#http.read('v1/difference', new URLSearchParams({ since: timeText(time) }), signal), isDifference, 'differences')
  }

  close(): Promise<void> {
    return this.#calls.close()
  }

  #listOf<Row>({ content }: Answer, isRow: (row: unknown) => row is Row, what: string): readonly Row[] {
    const rows: readonly unknown[] | undefined = Array.isArray(content) ? content : undefined
    if (!rows?.every(isRow)) throw notMuster(this.#options.endpoint, `its list is not one of ${what}`)
    return rows
  }

  #numberOf({ header }: Answer, name: string): number {
    const text = header(name) ?? ''
    if (!/^\d+$/.test(text)) throw notMuster(this.#options.endpoint, `it does not say ${name}`)
    return Number(text)
  }
}

function timeText(ms: number): string {
  const time = new Date(ms)
  if (Number.isNaN(time.getTime())) throw new InvalidArgument('time', `${ms} is no time`)
  return time.toISOString()
}

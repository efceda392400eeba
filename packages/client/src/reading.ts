import type { Logger } from '@muster/common'

import type { Answer, Http } from './http.js'
import { notMuster } from './unreachable.js'

/** A list as a server answered it. */
export interface ListAnswer<Row> {
  readonly rows: readonly Row[]
  /** Wall time in ms at which it was true. */
  readonly asOf: number
  readonly answer: Answer
}

/** Reads what a server tells, and says in the log when that is old. */
export class Reading {
  readonly #http: Http
  readonly #endpoint: string
  readonly #logger: Logger

  constructor(http: Http, endpoint: string, logger: Logger) {
    this.#http = http
    this.#endpoint = endpoint
    this.#logger = logger
  }

  async get(path: string, query: URLSearchParams, signal: AbortSignal | undefined): Promise<Answer> {
    const answer = await this.#http.read(path, query, signal)
    if (answer.header('Warning') !== null) this.#logger.warn({ asOf: answer.header('X-Svc-As-Of') }, 'the server cannot reach its backend; what it tells is old')
    return answer
  }

  /** `what`: what errors call the rows. @throws BackendUnreachable for a list of anything else */
  async list<Row>(path: string, query: URLSearchParams, isRow: (row: unknown) => row is Row, what: string, signal: AbortSignal | undefined): Promise<ListAnswer<Row>> {
    const answer = await this.get(path, query, signal)
    const { content } = answer
    const rows: readonly unknown[] | undefined = Array.isArray(content) ? content : undefined
    if (!rows?.every(isRow)) throw notMuster(this.#endpoint, `its list is not one of ${what}`)
    return { rows, asOf: Date.parse(answer.header('X-Svc-As-Of') ?? ''), answer }
  }
}

import type { Kysely, Transaction } from 'kysely'
import type { Pool } from 'pg'

import type { WaitOptions } from '../sqlite.js'
import type { Engine, Hearers } from './engine.js'
import type { HistoryPlace } from './history-url.js'
import { PostgresqlCommits } from './postgresql-commits.js'
import { PostgresqlConnections, withTimeout } from './postgresql-connections.js'
import { isHindered, translatePostgresqlError } from './postgresql-errors.js'
import { transact } from './postgresql-transaction.js'

const mostOfEach = 4
/** Later it is looked for by the clock anyway. */
const newsTimeoutMs = 1000

/** A database on a PostgreSQL server, with connections for readers and for writers, so that reading never waits for a writer. */
export class PostgresqlEngine<Tables> implements Engine<Tables> {
  readonly kind = 'postgresql'
  readonly shown: string
  readonly isHindered = isHindered
  readonly #connections: PostgresqlConnections
  readonly #reading: Pool
  readonly #writing: Pool
  readonly #commits: PostgresqlCommits
  readonly #begun = new Set<Promise<unknown>>()

  private constructor(shown: string, connections: PostgresqlConnections) {
    this.shown = shown
    this.#connections = connections
    this.#reading = connections.pool(mostOfEach)
    this.#writing = connections.pool(mostOfEach)
    this.#commits = new PostgresqlCommits(connections, (text) => this.#writing.query(withTimeout(text, newsTimeoutMs)))
  }

  /** Connects to nothing yet. @throws NotSupported when the package pg is missing */
  static async open<Tables>({ url, shown }: HistoryPlace & { readonly kind: 'postgresql' }): Promise<PostgresqlEngine<Tables>> {
    return new PostgresqlEngine(shown, await PostgresqlConnections.load(url))
  }

  read<T>(work: (tables: Kysely<Tables>) => Promise<T>, wait: WaitOptions): Promise<T> {
    return this.#begin(transact(this.#reading, 'read', work, wait, this.shown))
  }

  write<T>(work: (tables: Transaction<Tables>) => Promise<T>, wait: WaitOptions, tell: Hearers): Promise<T> {
    const written = this.#begin(transact(this.#writing, 'write', work, wait, this.shown))
    if (tell !== 'nobody') written.then(() => this.#commits.tell(tell), () => undefined)
    return written
  }

  translate(error: unknown): unknown {
    return translatePostgresqlError(error, this.shown)
  }

  onCommit(listener: () => void): () => void {
    return this.#commits.on(listener)
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#begun)
    await this.#commits.close()
    await this.#connections.close()
  }

  #begin<T>(transaction: Promise<T>): Promise<T> {
    this.#begun.add(transaction)
    const isOver = (): unknown => this.#begun.delete(transaction)
    transaction.then(isOver, isOver)
    return transaction
  }
}

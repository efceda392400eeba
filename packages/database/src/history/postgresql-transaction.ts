import { BackendUnreachable, longestTimerMs, onAbort } from '@muster/common'
import { Kysely, PostgresDialect } from 'kysely'
import type { PostgresPool, Transaction } from 'kysely'
import type { Pool, PoolClient, QueryResult } from 'pg'

import type { WaitOptions } from '../sqlite.js'
import { ConnectionLost, isHindered, translatePostgresqlError } from './postgresql-errors.js'

/** The server ends what takes too long by itself; one that is silent has this much longer before its connection is dropped. */
const graceMs = 250
const begins = { read: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', write: 'BEGIN ISOLATION LEVEL READ COMMITTED' }

const abortError = ({ reason }: AbortSignal): Error => Object.assign(new Error('The operation was aborted', { cause: reason }), { name: 'AbortError', code: 'ABORT_ERR' })

/** Runs `work` in one transaction on a connection of the pool. However the server behaves, nothing is waited for longer than shortly after `timeoutMs`, or when the signal aborts. */
export async function transact<Tables, T>(pool: Pool, kind: 'read' | 'write', work: (tables: Transaction<Tables>) => Promise<T>, { timeoutMs, signal }: WaitOptions, shown: string): Promise<T> {
  const ended = new AbortController()
  const until = performance.now() + timeoutMs
  const timer = setTimeout(() => ended.abort(new BackendUnreachable(shown, `not done within ${Math.round(timeoutMs)} ms`)), Math.min(timeoutMs + graceMs, longestTimerMs))
  let connection: Borrowed | undefined
  // A commit that is under way is waited for: it ends soon, with an outcome.
  const stop = signal ? onAbort(signal, () => !connection?.isCommitting && ended.abort(abortError(signal))) : () => undefined
  try {
    connection = new Borrowed(await borrow(pool, ended.signal), kind, until, ended.signal)
    return await new Kysely<Tables>({ dialect: new PostgresDialect({ pool: connection.asKyselyTakesIt }) }).transaction().execute(work)
  } catch (error) {
    if (isHindered(error)) throw error
    const committing = connection?.isCommitting ?? false
    if (ended.signal.aborted && !committing) throw ended.signal.reason
    throw translatePostgresqlError(error, shown, committing)
  } finally {
    clearTimeout(timer)
    stop()
    connection?.giveBack()
  }
}

async function borrow(pool: Pool, ended: AbortSignal): Promise<PoolClient> {
  try {
    const asked = pool.connect()
    return await new Promise((resolve, reject) => {
      const stop = onAbort(ended, () => {
        reject(ended.reason as Error)
        asked.then((client) => client.release(), () => undefined)
      })
      void asked.then(resolve, reject).finally(stop)
    })
  } catch (error) {
    if (ended.aborted || (error as { severity?: unknown }).severity !== undefined) throw error
    throw new ConnectionLost(error)
  }
}

/** A connection for one transaction: in the shape that Kysely takes, and dropped when `ended` aborts. */
class Borrowed {
  isCommitting = false
  readonly #client: PoolClient
  readonly #kind: 'read' | 'write'
  readonly #until: number
  readonly #stop: () => void
  readonly #onError = (error: Error): void => {
    this.#broken ??= error
  }
  #broken: Error | undefined
  #firstError: unknown
  #isBack = false

  constructor(client: PoolClient, kind: 'read' | 'write', until: number, ended: AbortSignal) {
    this.#client = client
    this.#kind = kind
    this.#until = until
    client.on('error', this.#onError)
    this.#stop = onAbort(ended, () => this.giveBack(ended.reason as Error))
  }

  get asKyselyTakesIt(): PostgresPool {
    const query = (text: string, values: readonly unknown[]): Promise<unknown> => this.#query(text, values)
    const client = { query, release: () => undefined } as unknown as Awaited<ReturnType<PostgresPool['connect']>>
    return { connect: () => Promise.resolve(client), end: () => Promise.resolve() }
  }

  /** With an error, or when it is still in a transaction, the connection is closed instead. */
  giveBack(error?: Error): void {
    if (this.#isBack) return
    this.#isBack = true
    this.#broken ??= error
    this.#stop()
    this.#client.off('error', this.#onError)
    this.#client.release(this.#broken ?? this.#client.getTransactionStatus() !== 'I')
  }

  async #query(text: string, values: readonly unknown[]): Promise<unknown> {
    try {
      if (this.#broken) throw this.#broken // a commit that is not sent is surely not done
      if (text === 'begin') return await this.#client.query(this.#begin())
      if (text === 'commit') return await this.#commit()
      return await this.#client.query(text, [...values])
    } catch (error) {
      if (text === 'rollback') return { rows: [] } // the connection is gone, and the transaction with it
      this.#firstError ??= error
      throw this.#broken ? new ConnectionLost(this.#broken) : error
    }
  }

  #begin(): string {
    const left = Math.max(1, Math.min(Math.ceil(this.#until - performance.now()), longestTimerMs))
    const limits = { lock_timeout: left, statement_timeout: left + graceMs / 2, idle_in_transaction_session_timeout: left + graceMs }
    return [begins[this.#kind], ...Object.entries(limits).map(([name, ms]) => `SET LOCAL ${name} = ${Math.min(ms, longestTimerMs)}`)].join('; ')
  }

  async #commit(): Promise<QueryResult> {
    this.isCommitting = this.#kind === 'write'
    const result = await this.#client.query('commit')
    // So the server answers when a statement has failed, even if the work went on after it.
    if (result.command === 'ROLLBACK') throw this.#firstError
    return result
  }
}
